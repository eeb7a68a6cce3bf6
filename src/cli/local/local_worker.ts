import * as z from "zod";
import service from "../../index.ts";
import { insertStatement, rowsQuery, TABLES_QUERY } from "../database/tables.sql.ts";
import {
  APPLIED_MIGRATIONS,
  CREATE_MIGRATIONS,
  deleteRows,
  MIGRATIONS_TABLE,
  RECORD_MIGRATION,
} from "./local.sql.ts";

/** The bindings of the Worker that the package starts for development and tests, beside those of the service. */
interface LocalBindings {
  readonly DB: D1Database;
  /** What a request must know that changes the database as a whole. */
  readonly LOCAL_TOKEN: string;
}

const migrations = z.array(z.object({ name: z.string(), statements: z.array(z.string()) }));
const named = z.object({ name: z.string() });
const namesOf = (rows: readonly unknown[]): string[] => rows.map((row) => named.parse(row).name);

/** The rows that the migrations insert, as statements. */
let initialRows: readonly string[] = [];

/** The service, and two requests that change its database as a whole. */
export default {
  ...service,
  async fetch(request, bindings, context) {
    const { pathname, searchParams } = new URL(request.url);
    if (!pathname.startsWith("/_local/")) return service.fetch(request, bindings, context);
    if (searchParams.get("token") !== bindings.LOCAL_TOKEN || request.method !== "POST") {
      return new Response(null, { status: 404 });
    }
    if (pathname === "/_local/migrate") await migrate(bindings.DB, migrations.parse(await request.json()));
    else await reset(bindings.DB);
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<LocalBindings>;

/** Applies the migrations that were not applied yet, in one transaction. */
async function migrate(db: D1Database, all: z.output<typeof migrations>): Promise<void> {
  await db.prepare(CREATE_MIGRATIONS).run();
  const applied = namesOf((await db.prepare(APPLIED_MIGRATIONS).all()).results);
  const pending = all.filter(({ name }) => !applied.includes(name));
  if (pending.length > 0) {
    await db.batch(
      pending.flatMap(({ name, statements }) => [
        ...statements.map((statement) => db.prepare(statement)),
        db.prepare(RECORD_MIGRATION).bind(name),
      ]),
    );
  }
  if (applied.length > 0) return;
  const tables = await tablesOf(db);
  const rows = await db.batch<Record<string, unknown>>(tables.map((table) => db.prepare(rowsQuery(table))));
  initialRows = tables.flatMap((table, i) =>
    (rows[i]?.results ?? []).map((row) => insertStatement(table, row)),
  );
}

/** Restores the state after the migrations, in one transaction. */
async function reset(db: D1Database): Promise<void> {
  const statements = [...(await tablesOf(db)).map(deleteRows), ...initialRows];
  await db.batch(statements.map((statement) => db.prepare(statement)));
}

const tablesOf = async (db: D1Database): Promise<string[]> =>
  namesOf((await db.prepare(TABLES_QUERY).all()).results).filter((name) => name !== MIGRATIONS_TABLE);
