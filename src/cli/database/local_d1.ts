import path from "node:path";
import * as z from "zod";
import { ChildProcessError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { wranglerScript } from "../servers/wrangler.ts";
import { bindingOf, type LocalD1Database } from "./database.ts";

/** The rows of each of several statements. */
type Results = Readonly<Record<string, unknown>>[][];

/** A D1 database that is open. */
interface OpenD1 {
  /**
   * Runs statements in one transaction.
   *
   * @throws ChildProcessError if the database cannot be opened, or rejects a statement
   */
  run(statements: readonly string[]): Promise<Results>;
  close(): Promise<void>;
}

/** Answers each message, a list of statements, which it runs in one transaction. */
const SCRIPT = `
  import { getPlatformProxy } from "wrangler";
  const { config, persist, binding } = JSON.parse(process.argv[1]);
  const opened = getPlatformProxy({ configPath: config, persist, envFiles: [], remoteBindings: false });
  process.on("disconnect", () => process.exit());
  process.on("message", async (statements) => {
    try {
      const database = (await opened).env[binding];
      const results = await database.batch(statements.map((sql) => database.prepare(sql)));
      process.send({ rows: results.map(({ results }) => results) });
    } catch (error) {
      process.send({ error: String(error.cause?.message ?? error.message ?? error) });
    }
  });`;

const answer = z.union([
  z.object({ rows: z.array(z.array(z.record(z.string(), z.unknown()))) }),
  z.object({ error: z.string() }),
]);

/** Opens the D1 database of `wrangler dev`, which can have it open, too. It is closed with the processes, or before. */
export function openLocalD1(database: LocalD1Database, processes: Processes): OpenD1 {
  const settings = {
    config: database.config ?? "wrangler.toml",
    persist: { path: path.resolve(database.folder, "v3") },
    binding: bindingOf(database),
  };
  const { ask, close } = processes.converse(wranglerScript("D1", SCRIPT, JSON.stringify(settings)));
  return {
    async run(statements) {
      const result = answer.parse(await ask([...statements]));
      if ("error" in result) throw new ChildProcessError(`D1: ${result.error}`);
      return result.rows;
    },
    close,
  };
}

/** The databases that commands have open. wrangler takes two seconds to open one. */
const opened = new WeakMap<Processes, Map<string, OpenD1>>();

/**
 * Runs statements on the D1 database of `wrangler dev`, in one transaction. It stays open until the processes are stopped.
 *
 * @returns the rows of each statement
 * @throws ChildProcessError as `OpenD1`
 */
export function runOnLocalD1(
  database: LocalD1Database,
  statements: readonly string[],
  processes: Processes,
): Promise<Results> {
  const ofProcesses = opened.get(processes) ?? new Map<string, OpenD1>();
  opened.set(processes, ofProcesses);
  const key = JSON.stringify(database);
  const d1 = ofProcesses.get(key) ?? openLocalD1(database, processes);
  ofProcesses.set(key, d1);
  return d1.run(statements);
}
