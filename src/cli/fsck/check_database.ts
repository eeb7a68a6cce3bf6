import * as z from "zod";
import type { Database } from "../database/database.ts";
import { type Row, readDatabase } from "../database/read_database.ts";
import type { NamedDatabase } from "../database/select_database.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { appliedQuery, assertMigrated, assertNonePending, checkStructure } from "./check_structure.ts";
import { ENUMERATIONS } from "./enumerations.ts";
import { EVENT_INVARIANTS } from "./event_invariants.sql.ts";
import { INVARIANTS, type Invariant } from "./invariants.sql.ts";
import { type Finding, formatFinding, MAX_ROWS, type Report } from "./report.ts";
import { COUNTS_QUERY, integrityQuery, limitQuery, SCHEMA_QUERY } from "./structure.sql.ts";
import { TYPE_INVARIANTS } from "./type_invariants.sql.ts";
import { valueInvariants } from "./values.sql.ts";

const countsRow = z.record(z.string(), z.number());
const findingRow = z.object({ id: z.string(), detail: z.string(), total: z.number() });

/**
 * Checks the structure and all invariants of a database. It only reads. Each invariant sees one state of the database,
 * so that requests in flight cause no false findings.
 *
 * @throws CliError if the database cannot be reached, has pending migrations, or lacks tables or columns of this service
 */
export async function checkDatabase(database: Database, processes: Processes): Promise<Report> {
  // The rows of a big database are checked for minutes.
  if (database.kind === "libsql") await assertMigrated(database, processes);
  const invariants = [
    ...valueInvariants(ENUMERATIONS),
    ...INVARIANTS,
    ...EVENT_INVARIANTS,
    ...TYPE_INVARIANTS,
  ];
  const first = [appliedQuery(database), SCHEMA_QUERY];
  const others = [COUNTS_QUERY, ...invariants.map(({ sql }) => limitQuery(sql, MAX_ROWS))];
  const integrity = integrityQuery(database.kind, MAX_ROWS);
  const [migrations = [], objects = [], problems, [counts] = [], ...results] = await readDatabase(
    database,
    [...first, integrity, ...others],
    processes,
  ).catch(async (error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    await assertMigrated(database, processes);
    // The server may forbid pragmas. If the cause is another, the second attempt fails and reports it.
    const rows = await readDatabase(database, [...first, ...others], processes);
    return [...rows.slice(0, first.length), undefined, ...rows.slice(first.length)];
  });
  assertNonePending(migrations);
  const all = [
    ...checkStructure(objects, problems),
    ...invariants.flatMap((invariant, i) => findings(invariant, results[i] ?? [])),
  ];
  return {
    rows: countsRow.parse(counts),
    violations: all.filter(({ kind }) => kind === "violation"),
    notices: all.filter(({ kind }) => kind === "notice"),
  };
}

/** Returns the finding of an invariant, or none. */
function findings({ title, kind }: Invariant, result: readonly Row[]): Finding[] {
  const rows = z.array(findingRow).parse(result);
  return rows.length === 0 ? [] : [{ title, kind, count: rows[0]?.total ?? 0, rows }];
}

/**
 * Asserts that a database is consistent.
 *
 * @param options.strict whether a notice is a failure, too; by default it is not
 * @returns a text with the numbers of rows checked, and the notices
 * @throws CliError that lists the violations and notices; as `checkDatabase`
 */
export async function assertConsistent(
  { database, title }: NamedDatabase,
  processes: Processes,
  { strict = false }: { readonly strict?: boolean } = {},
): Promise<string> {
  const { rows, violations, notices } = await checkDatabase(database, processes);
  const counts = Object.entries(rows).map(([kind, count]) => `${count} ${kind}`);
  const lines = [...violations, ...notices].map(formatFinding);
  if (violations.length > 0 || (strict && notices.length > 0)) {
    throw new CliError(`${title} is inconsistent (${counts.join(", ")}):\n${lines.join("\n")}`);
  }
  return [`volume-transfers: ${title} is consistent: ${counts.join(", ")}`, ...lines].join("\n");
}
