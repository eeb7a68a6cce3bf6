import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { database } from "../../../src/db/engine/database.ts";
import { ALL_TYPES, DEFAULT_CLASS, type quotas } from "../../../src/db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../../src/db/statements/batch.ts";
import {
  type DefaultLimits,
  hasRoom,
  type QuotaRequest,
  type QuotaState,
  quotaReport,
} from "../../../src/quotas/room.sql.ts";
import { overQuota } from "../../../src/quotas/room.ts";
import { configuration } from "../../support/configuration.ts";

const PROJECT = "alpha";
const TYPE = "LUKS";

/** A row of the table of quotas, or undefined if the project has none for the type. */
type Stored = Readonly<typeof quotas.$inferInsert> | undefined;
type Values = { readonly project_id: string; readonly volume_type: string } & DefaultLimits &
  QuotaRequest<number>;

const readQuota = prepareBatch((params: Params<Values>) => {
  const { param } = params;
  const request = {
    volumes: param("volumes"),
    gigabytes: param("gigabytes"),
    snapshots: param("snapshots"),
    volume_size: param("volume_size"),
  };
  const room = hasRoom(params, param("project_id"), param("volume_type"), request);
  return {
    room: queryBuilder.select({ room: sql<number>`${room}` }).from(sql`(select 1)`),
    states: quotaReport(params, param("project_id"), param("volume_type")),
  };
});

const limit = fc.constantFrom(null, -1, 0, 1, 2, 3, 5);
const amount = fc.nat(3);
const storedRow = (volume_type: string) =>
  fc.option(
    fc.record({
      project_id: fc.constant(PROJECT),
      volume_type: fc.constant(volume_type),
      volumes_limit: limit,
      gigabytes_limit: limit,
      snapshots_limit: limit,
      per_volume_gigabytes_limit: limit,
      volumes_in_use: amount,
      gigabytes_in_use: amount,
      snapshots_in_use: amount,
    }),
    { nil: undefined },
  );
/** A row of the quota class `default`, which limits every project. */
const classRow = (volume_type: string) =>
  fc.option(
    fc.record({
      project_id: fc.constant(DEFAULT_CLASS),
      volume_type: fc.constant(volume_type),
      volumes_limit: limit,
      gigabytes_limit: limit,
      snapshots_limit: limit,
      per_volume_gigabytes_limit: limit,
    }),
    { nil: undefined },
  );
const defaults: fc.Arbitrary<DefaultLimits> = fc.record({
  default_volumes: fc.constantFrom(-1, 0, 2, 4),
  default_gigabytes: fc.constantFrom(-1, 0, 2, 4),
  default_snapshots: fc.constantFrom(-1, 0, 2, 4),
  default_per_volume_gigabytes: fc.constantFrom(-1, 1, 3),
});
const request: fc.Arbitrary<QuotaRequest<number>> = fc.record({
  volumes: amount,
  gigabytes: amount,
  snapshots: amount,
  volume_size: fc.nat(4),
});

/** Replaces the rows of the table. */
async function store(rows: readonly Stored[]): Promise<void> {
  const inserts = rows.flatMap((row) => {
    if (row === undefined) return [];
    const columns = Object.keys(row);
    const statement = `insert into quotas (${columns.join()}) values (${columns.map(() => "?").join()})`;
    return [env.DB.prepare(statement).bind(...Object.values(row))];
  });
  await env.DB.batch([env.DB.prepare("delete from quotas"), ...inserts]);
}

/** Returns the limits and the usage by their definition. */
function expectedState(
  volume_type: string,
  row: Stored,
  ofClass: Stored,
  fallback: DefaultLimits | undefined,
): QuotaState {
  return {
    volume_type,
    volumes_limit: row?.volumes_limit ?? ofClass?.volumes_limit ?? fallback?.default_volumes ?? -1,
    gigabytes_limit: row?.gigabytes_limit ?? ofClass?.gigabytes_limit ?? fallback?.default_gigabytes ?? -1,
    snapshots_limit: row?.snapshots_limit ?? ofClass?.snapshots_limit ?? fallback?.default_snapshots ?? -1,
    per_volume_gigabytes_limit:
      row?.per_volume_gigabytes_limit ??
      ofClass?.per_volume_gigabytes_limit ??
      fallback?.default_per_volume_gigabytes ??
      -1,
    volumes_in_use: row?.volumes_in_use ?? 0,
    gigabytes_in_use: row?.gigabytes_in_use ?? 0,
    snapshots_in_use: row?.snapshots_in_use ?? 0,
  };
}

describe("the quota of a project", () => {
  it("has room by the SQL condition exactly if no message says that it is exceeded", async () => {
    const db = database(configuration({ AUTH_STRATEGY: "noauth", DB: env.DB }));
    await fc.assert(
      fc.asyncProperty(
        storedRow(ALL_TYPES),
        storedRow(TYPE),
        classRow(ALL_TYPES),
        classRow(TYPE),
        defaults,
        request,
        async (all, typed, classAll, classTyped, fallback, asked) => {
          await store([all, typed, classAll, classTyped]);
          const values = { project_id: PROJECT, volume_type: TYPE, ...fallback, ...asked };
          const { room, states } = await db.read(readQuota(values));
          const expected = [
            expectedState(ALL_TYPES, all, classAll, fallback),
            expectedState(TYPE, typed, classTyped, undefined),
          ];
          expect(states).toEqual(expected);
          const exceeded = overQuota(expected, asked);
          expect(room).toEqual([{ room: exceeded === undefined ? 1 : 0 }]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
