import * as z from "zod";
import type { Database } from "../database/database.ts";
import { type Row, readDatabase } from "../database/read_database.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { type Finding, MAX_ROWS } from "./report.ts";
import { COLUMNS, integrityQuery, NAMES_QUERY, TABLES, UNIQUE_INDEXES } from "./structure.sql.ts";

const named = z.object({ name: z.string() });

/**
 * Checks what the invariants rely on: tables, unique indexes and the database file.
 *
 * @throws CliError if the database cannot be reached, or lacks tables or columns of this service
 */
export async function checkStructure(database: Database, processes: Processes): Promise<Finding[]> {
  const integrity = integrityQuery(database.kind, MAX_ROWS);
  const [objects = [], problems] = await readDatabase(database, [NAMES_QUERY, integrity], processes).catch(
    (error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      // The server may forbid pragmas. If the cause is another, the second attempt fails and reports it.
      return readDatabase(database, [NAMES_QUERY], processes);
    },
  );
  const names = new Set(objects.map((row) => named.parse(row).name));
  const missing = [...TABLES, ...COLUMNS].filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new CliError(
      `the ${database.kind} database has no ${missing.join(", ")}: it does not belong to this service, or has ` +
        "pending migrations (`npm run migrate`).",
    );
  }
  const indexes = UNIQUE_INDEXES.filter((index) => !names.has(index));
  return [
    ...finding(
      "missing unique index",
      "violation",
      indexes.map((id) => ({ id, detail: "missing" })),
    ),
    ...(problems === undefined
      ? finding("database file not checked", "notice", [
          { id: "database", detail: `the server rejected ${integrity}` },
        ])
      : finding("damaged database file", "violation", parseProblems(problems))),
  ];
}

const parseProblems = (rows: readonly Row[]): Finding["rows"] =>
  rows
    .flatMap((row) => Object.values(row).map(String))
    .filter((problem) => problem !== "ok")
    .map((detail) => ({ id: "database", detail }));

const finding = (title: string, kind: Finding["kind"], rows: Finding["rows"]): Finding[] =>
  rows.length === 0 ? [] : [{ title, kind, count: rows.length, rows }];
