import * as z from "zod";
import { modeProblem, modeStatements } from "../../host/mode.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { readDatabase } from "./read_database.ts";
import type { NamedDatabase } from "./select_database.ts";

const modeRows = z.tuple([z.object({ facade: z.coerce.boolean(), used: z.coerce.boolean() })]);

/**
 * Asserts that a database is right for a service, as `assertMode` of the host. A database in front of a Cinder and one
 * with volumes of its own need different services.
 *
 * @param isInFront whether the service stands in front of a Cinder
 * @throws CliError if it is not
 */
export async function assertDatabaseMode(
  { database, title }: NamedDatabase,
  isInFront: boolean,
  processes: Processes,
): Promise<void> {
  const results = await readDatabase(database, modeStatements(isInFront), processes);
  const [mode] = modeRows.parse(results.at(-1));
  const problem = modeProblem(title, mode, isInFront);
  if (problem !== undefined) throw new CliError(problem);
}
