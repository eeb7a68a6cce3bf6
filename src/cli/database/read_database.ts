import * as z from "zod";
import type { Processes } from "../processes/processes.ts";
import { wrangler } from "../servers/wrangler.ts";
import { bindingOf, type Database, d1LocationFlags, type LibsqlDatabase } from "./database.ts";
import { useClient } from "./libsql.ts";
import { runOnLocalD1 } from "./local_d1.ts";

/** A row of a result, by column. */
export type Row = Readonly<Record<string, unknown>>;

const named = z.array(z.object({ name: z.string() }));

/** Parses the result of a query of names. */
export const parseNames = (rows: readonly Row[]): string[] => named.parse(rows).map(({ name }) => name);

/**
 * Runs queries. Each sees one state of the database, and blocks no writer.
 *
 * @param queries one statement each, without a semicolon at its end
 * @returns the rows of each query
 * @throws CliError if the database cannot be reached, or rejects a query
 */
export async function readDatabase(
  database: Database,
  queries: readonly string[],
  processes: Processes,
): Promise<Row[][]> {
  if (database.kind === "libsql") return readLibsql(database, queries);
  if (database.kind === "local D1") return runOnLocalD1(database, queries, processes);
  // D1 runs the statements of one request in one transaction.
  const sql = queries.join(";\n");
  const json = await processes.run(
    wrangler("d1", "execute", bindingOf(database), ...d1LocationFlags(database), "--json", "--command", sql),
  );
  return d1Results.parse(JSON.parse(json)).map(({ results }) => results);
}

const d1Results = z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())) }));

const readLibsql = (database: LibsqlDatabase, queries: readonly string[]): Promise<Row[][]> =>
  useClient(database, "read", async (client) => {
    const results: Row[][] = [];
    // A transaction of all queries would keep the log of a big database from being written to its file.
    for (const query of queries) results.push((await client.execute(query)).rows.map((row) => ({ ...row })));
    return results;
  });
