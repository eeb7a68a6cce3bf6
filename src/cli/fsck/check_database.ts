import * as z from "zod";
import type { Database } from "../database/migrations.ts";
import type { NamedDatabase } from "../database/named_database.ts";
import { type Row, readDatabase } from "../database/read_database.ts";
import { CommandFailed, type Processes } from "../processes/processes.ts";
import { UsageError } from "../processes/supervise.ts";
import { INVARIANTS, type Invariant } from "./invariants.ts";

/** What breaks an invariant. */
interface Finding {
  readonly broken: string;
  readonly kind: Invariant["kind"];
  /** How many rows break it. */
  readonly count: number;
  /** The first of them, at most `MAX_ROWS`. */
  readonly rows: readonly { readonly id: string; readonly detail: string }[];
}

/** What a check of a database has found. */
export interface Report {
  /** How many rows there are to check, by kind. */
  readonly rows: Readonly<Record<string, number>>;
  /** Empty where all is as it must be. */
  readonly violations: readonly Finding[];
  /** What only an admin's doing explains: no failure. */
  readonly notices: readonly Finding[];
}

/** How many rows of each invariant are told. */
const MAX_ROWS = 100;

const TABLES = ["volumes", "snapshots", "transfers", "quotas"];
/** What later migrations have added, and the invariants ask for. */
const COLUMNS = ["transfers.failed_attempts", "transfers.expires_at", "transfers.idempotency_key"];
/** They forbid what the API relies on; without them two requests that race could both win. */
const UNIQUE_INDEXES = [
  "volumes_id_unique",
  "snapshots_id_unique",
  "transfers_id_unique",
  "transfers_by_volume",
];

const COUNTS = `select ${[
  ...TABLES.map(
    (table) => `(select count(*) from ${table}) as "${table === "quotas" ? "quota rows" : table}"`,
  ),
  `(select count(*) from transfers where deleted_at is null) as "open transfers"`,
].join(", ")}`;

const counts = z.record(z.string(), z.number());
const foundRow = z.object({ id: z.string(), detail: z.string(), total: z.number() });

/**
 * Checks everything in `INVARIANTS`, and that SQLite finds its files whole. It only reads, and sees the database at
 * one moment: no request that is under way can make it tell of something that is not so.
 *
 * @throws UsageError, CommandFailed if the database cannot be reached, or has not our tables
 */
export async function checkDatabase(database: Database, processes: Processes): Promise<Report> {
  const structure = await checkStructure(database, processes);
  const [[counted] = [], ...answers] = await readDatabase(
    database,
    [COUNTS, ...INVARIANTS.map(bounded)],
    processes,
  );
  const findings = INVARIANTS.flatMap((invariant, i) => finding(invariant, answers[i] ?? []));
  const all = [...structure, ...findings];
  return {
    rows: counts.parse(counted),
    violations: all.filter(({ kind }) => kind === "violation"),
    notices: all.filter(({ kind }) => kind === "notice"),
  };
}

/**
 * As `checkDatabase`, for a person.
 *
 * @returns what was checked, and the notices, in words
 * @throws UsageError with the list of what is wrong
 */
export async function assertNothingBroken(
  { database, title }: NamedDatabase,
  processes: Processes,
): Promise<string> {
  const { rows, violations, notices } = await checkDatabase(database, processes);
  const checked = Object.entries(rows).map(([what, count]) => `${count} ${what}`);
  const told = [...violations, ...notices].map(inWords);
  if (violations.length > 0) {
    throw new UsageError(`${title} is not as it must be (${checked.join(", ")}):\n${told.join("\n")}`);
  }
  return [`volume-transfers: ${title} is as it must be: ${checked.join(", ")}`, ...told].join("\n");
}

/** A finding, a line for each row. */
function inWords({ kind, broken, count, rows }: Finding): string {
  const more = count > rows.length ? [`  and ${count - rows.length} more`] : [];
  return [
    `${kind}: ${broken}: ${count}`,
    ...rows.map(({ id, detail }) => `  ${id}: ${detail}`),
    ...more,
  ].join("\n");
}

const bounded = ({ sql }: Invariant): string =>
  `select id, detail, count(*) over () as total from (${sql}) limit ${MAX_ROWS}`;

function finding({ broken, kind }: Pick<Invariant, "broken" | "kind">, answer: readonly Row[]): Finding[] {
  const rows = z.array(foundRow).parse(answer);
  return rows.length === 0 ? [] : [{ broken, kind, count: rows[0]?.total ?? 0, rows }];
}

/** Tables, indexes and files: what the invariants stand on. */
async function checkStructure(database: Database, processes: Processes): Promise<Finding[]> {
  const schema = `select name from sqlite_schema where type in ('table', 'index')
    union all select 'transfers.' || name from pragma_table_info('transfers')`;
  // D1 forbids the thorough one, which compares each index with its table, too.
  const pragma = `pragma ${database.kind === "libsql" ? "integrity_check" : "quick_check"}(${MAX_ROWS})`;
  const [named = [], checked] = await readDatabase(database, [schema, pragma], processes).catch(
    (error: unknown) => {
      if (!(error instanceof UsageError || error instanceof CommandFailed)) throw error;
      // A server may forbid pragmas. If it is anything else, this fails too, and says what.
      return readDatabase(database, [schema], processes);
    },
  );
  const names = new Set(named.map((row) => name.parse(row).name));
  const missing = [...TABLES, ...COLUMNS].filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new UsageError(
      `the ${database.kind} database has no ${missing.join(", ")}: it is not one of this service, or not yet ` +
        "migrated (`npm run migrate`).",
    );
  }
  const lines = checked?.flatMap((row) => Object.values(row).map(String));
  const findings: Omit<Finding, "count">[] = [
    {
      broken: "a file that SQLite finds damaged",
      kind: "violation",
      rows: (lines ?? []).filter((line) => line !== "ok").map((detail) => ({ id: "database", detail })),
    },
    {
      broken: "a database that has not been asked whether its files are whole",
      kind: "notice",
      rows: lines === undefined ? [{ id: "database", detail: `it refused ${pragma}` }] : [],
    },
    {
      broken: "a unique index that is not there",
      kind: "violation",
      rows: UNIQUE_INDEXES.filter((index) => !names.has(index)).map((id) => ({ id, detail: "missing" })),
    },
  ];
  return findings
    .filter(({ rows }) => rows.length > 0)
    .map((found) => ({ ...found, count: found.rows.length }));
}

const name = z.object({ name: z.string() });
