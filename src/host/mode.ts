import type { Driver } from "../db/engine/driver.ts";
import { OperatorError } from "./errors.ts";
import { CLAIM_FOR_FACADE, MODE_QUERY } from "./mode.sql.ts";

/** The mode that a database is in. */
interface FoundMode {
  /** Whether its transfers are of volumes in a Cinder. */
  readonly facade: boolean;
  /** Whether it has volumes or transfers. */
  readonly used: boolean;
}

/** Returns the statements that read the mode of a database. An empty one first becomes one of a service in front of a Cinder. */
export const modeStatements = (isInFront: boolean): readonly string[] => [
  ...(isInFront ? CLAIM_FOR_FACADE : []),
  MODE_QUERY,
];

/**
 * Returns what is wrong with a database for a service; undefined if it is right.
 *
 * @param name how messages name the database
 * @param isInFront whether the service stands in front of a Cinder
 */
export function modeProblem(
  name: string,
  { facade, used }: FoundMode,
  isInFront: boolean,
): string | undefined {
  if (facade && !isInFront)
    return `${name} belongs to a service in front of a Cinder. Set CINDER_URL, or use another database.`;
  if (!isInFront || facade || !used) return undefined;
  return (
    `${name} has volumes or transfers of its own, and with CINDER_URL only Cinder has volumes. Use another database, ` +
    "or remove CINDER_URL."
  );
}

/**
 * Asserts that a database is right for a service. One that is empty becomes one of a service in front of a Cinder.
 *
 * @throws OperatorError if it is not
 */
export async function assertMode(driver: Driver, name: string, isInFront: boolean): Promise<void> {
  const statements = modeStatements(isInFront).map((sql) => ({ sql, params: [] }));
  const rows = await driver.run(statements, isInFront ? "write" : "read");
  const [facade, used] = Array.from(rows.at(-1)?.[0] ?? [], Boolean);
  const problem = modeProblem(name, { facade: facade === true, used: used === true }, isInFront);
  if (problem !== undefined) throw new OperatorError(problem);
}
