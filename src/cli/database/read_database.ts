import { createClient } from "@libsql/client/web";
import * as z from "zod";
import type { Processes } from "../processes/processes.ts";
import { UsageError } from "../processes/supervise.ts";
import { D1_BINDING, wrangler } from "../servers/wrangler.ts";
import { causes, type Database } from "./migrations.ts";

/** A row of an answer, by column. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Runs queries in one transaction that only reads: all of them see the database as it is at one moment, and no
 * writer waits for them.
 *
 * @param queries one statement each, without a semicolon at its end
 * @returns the rows of each
 * @throws UsageError, CommandFailed if the database cannot be reached, or refuses a query
 */
export async function readDatabase(
  database: Database,
  queries: readonly string[],
  processes: Processes,
): Promise<Row[][]> {
  if (database.kind === "libsql") return readLibsql(database, queries);
  // D1 makes one transaction of what comes in one request.
  const json = await processes.run(
    wrangler("d1", "execute", D1_BINDING, ...d1Place(database), "--json", "--command", queries.join(";\n")),
  );
  return answers.parse(JSON.parse(json)).map(({ results }) => results);
}

/** Where a D1 is, in wrangler's words. */
export const d1Place = (database: Exclude<Database, { kind: "libsql" }>): string[] => {
  if (database.kind === "remote D1") return ["--remote"];
  return ["--local", ...(database.folder === undefined ? [] : ["--persist-to", database.folder])];
};

const answers = z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())) }));

async function readLibsql(
  { url, authToken }: Extract<Database, { kind: "libsql" }>,
  queries: readonly string[],
): Promise<Row[][]> {
  const client = createClient({ url, ...(authToken !== undefined && { authToken }) });
  try {
    const results = await client.batch([...queries], "read");
    return results.map(({ rows }) => rows.map((row) => ({ ...row })));
  } catch (error) {
    throw new UsageError(`the libSQL database at ${url} cannot be read: ${causes(error)}`);
  } finally {
    client.close();
  }
}
