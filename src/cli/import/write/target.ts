import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "@libsql/client/http";
import type { Batch } from "../../../db/engine/driver.ts";
import type { D1Database, Database, LibsqlDatabase } from "../../database/database.ts";
import { bindingOf, d1LocationFlags } from "../../database/database.ts";
import { connect, describeLibsql, formatCauses, writeTransaction } from "../../database/libsql.ts";
import { runOnLocalD1 } from "../../database/local_d1.ts";
import { readDatabase } from "../../database/read_database.ts";
import { inlineParams } from "../../database/tables.sql.ts";
import { CliError } from "../../errors.ts";
import type { Processes } from "../../processes/processes.ts";
import { wrangler } from "../../servers/wrangler.ts";
import { temporaryFolder } from "../../settings/settings.ts";

/** The database that an import writes to. */
export interface Target {
  /** The limits of a batch. Writers of the service wait while one is written. */
  readonly limits: { readonly rows: number; readonly bytes: number };
  /** Bytes of the longest value in a statement, as SQL. */
  readonly valueBytes: number;
  /** @throws CliError if the database cannot be read */
  readonly read: <Result>(batch: Batch<Result>) => Promise<Result>;
  /**
   * Writes a batch in one transaction.
   *
   * @throws CliError if the database cannot be written to; none of the batch is written then
   */
  readonly write: (batch: Batch<unknown>) => Promise<void>;
  readonly close: () => void;
}

/** Connects to the database that an import writes to. The caller closes it. */
export const openTarget = (database: Database, processes: Processes): Target =>
  database.kind === "libsql" ? libsqlTarget(database) : d1Target(database, processes);

function libsqlTarget(database: LibsqlDatabase): Target {
  const client = connect(database);
  const run = async <Result>(verb: string, work: (client: Client) => Promise<Result>): Promise<Result> => {
    try {
      return await work(client);
    } catch (error) {
      throw new CliError(`${describeLibsql(database)} cannot be ${verb}: ${formatCauses(error)}`);
    }
  };
  const bind = ({ statements }: Batch<unknown>) =>
    statements.map(({ sql, params }) => ({ sql, args: [...params] }));
  return {
    limits: { rows: 1000, bytes: 1_000_000 },
    valueBytes: 1_000_000,
    read: (batch) =>
      run("read", async () => batch.read((await client.batch(bind(batch), "read")).map(({ rows }) => rows))),
    write: (batch) => run("written to", () => writeTransaction(client, bind(batch))),
    close: () => client.close(),
  };
}

/** wrangler runs the statements of a file in one transaction, and binds no values. */
function d1Target(database: D1Database, processes: Processes): Target {
  const script = path.join(temporaryFolder(), "import.sql");
  const flags = [...d1LocationFlags(database), "--yes", "--file", script];
  return {
    // The ids of a batch are an argument of wrangler.
    limits: { rows: 1000, bytes: 5_000_000 },
    // D1 limits a statement to 100,000 bytes.
    valueBytes: 90_000,
    read: async (batch) => {
      const rows = await readDatabase(database, batch.statements.map(inlineParams), processes);
      return batch.read(rows.map((result) => result.map((row) => Object.values(row))));
    },
    write: async ({ statements }) => {
      if (database.kind === "local D1") {
        await runOnLocalD1(database, statements.map(inlineParams), processes);
        return;
      }
      const sql = statements.map((statement) => `${inlineParams(statement)};\n`).join("");
      writeFileSync(script, sql, { mode: 0o600 });
      await processes.run(wrangler("d1", "execute", bindingOf(database), ...flags));
    },
    close: () => {},
  };
}
