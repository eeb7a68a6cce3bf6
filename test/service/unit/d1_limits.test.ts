import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { ENUMERATIONS } from "../../../src/cli/fsck/enumerations.ts";
import { EVENT_INVARIANTS } from "../../../src/cli/fsck/event_invariants.sql.ts";
import { INVARIANTS } from "../../../src/cli/fsck/invariants.sql.ts";
import { COLUMN_NAMES_QUERY, COUNTS_QUERY, limitQuery } from "../../../src/cli/fsck/structure.sql.ts";
import { TYPE_INVARIANTS } from "../../../src/cli/fsck/type_invariants.sql.ts";
import { valueInvariants } from "../../../src/cli/fsck/values.sql.ts";
import { deployment } from "../../../src/config/deployment.ts";
import { SNAPSHOT_SORT_KEYS } from "../../../src/snapshots/list.sql.ts";
import { TRANSFER_SORT_KEYS } from "../../../src/transfers/list.sql.ts";
import { sweepRegions } from "../../../src/transfers/sweep.ts";
import { VOLUME_TYPE_SORT_KEYS } from "../../../src/volume_types/list.sql.ts";
import { VOLUME_SORT_KEYS } from "../../../src/volumes/list.sql.ts";
import { OTHER_PROJECT, OWNER_PROJECT } from "../../measure/calls.ts";
import { everyEndpoint } from "../../measure/endpoints.ts";
import { eventIdOf, IDLE, OFFERED, SNAPSHOT, seededId, TRANSFER } from "../../measure/seed.ts";
import { measuredD1 } from "./measured_d1.ts";
import { callOn, fill } from "./seeded_service.ts";
import { exceededLimits } from "./statement_limits.ts";

const TIMES = "gt:2000-01-01T00:00:00,lt:2100-01-01T00:00:00";
const COMMON = { name: "name 1", "name~": "name", id: seededId(IDLE, 1), user_id: "u", with_count: "true" };
const DICTIONARY = "{'a': 'b'}";
const DEFAULT_TYPE = "6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10";

interface List {
  readonly path: string;
  /** The id of an item. */
  readonly marker: string;
  readonly sortKeys: Readonly<Record<string, unknown>>;
  /** All at once. */
  readonly filters: Readonly<Record<string, string>>;
}
const LISTS: readonly List[] = [
  {
    path: "/volumes",
    marker: seededId(IDLE, 1),
    sortKeys: VOLUME_SORT_KEYS,
    filters: {
      ...COMMON,
      status: "available",
      size: "1",
      bootable: "true",
      multiattach: "false",
      availability_zone: "nova",
      migration_status: "None",
      metadata: DICTIONARY,
      created_at: TIMES,
      updated_at: TIMES,
      group_id: "None",
      project_id: OWNER_PROJECT,
      host: "h",
      display_description: "None",
      snapshot_id: "None",
      source_volid: "None",
      attach_status: "detached",
      volume_type_id: DEFAULT_TYPE,
    },
  },
  {
    path: "/snapshots",
    marker: seededId(SNAPSHOT, 1),
    sortKeys: SNAPSHOT_SORT_KEYS,
    filters: {
      ...COMMON,
      status: "available",
      volume_id: seededId(IDLE, 1),
      metadata: DICTIONARY,
      availability_zone: "nova",
      project_id: OWNER_PROJECT,
    },
  },
  {
    path: "/volume-transfers",
    marker: seededId(TRANSFER, 1),
    sortKeys: TRANSFER_SORT_KEYS,
    filters: {
      id: seededId(TRANSFER, 1),
      name: "name 1",
      volume_id: seededId(OFFERED, 1),
      project_id: OWNER_PROJECT,
      no_snapshots: "false",
      accepted: "false",
    },
  },
  {
    path: "/types",
    marker: DEFAULT_TYPE,
    sortKeys: VOLUME_TYPE_SORT_KEYS,
    filters: { is_public: "None", id: "i", name: "n", description: "d", extra_specs: DICTIONARY },
  },
];

const SIZE = 100;

const { binding, sent } = measuredD1(env.DB);
const call = callOn(binding);
const get = (path: string, query: Readonly<Record<string, string>>) =>
  call("admin", "GET", `${path}?${new URLSearchParams(query)}`);

/** Returns the exceeded limits, each with the beginning of its statement. */
const exceededBy = (statements: Iterable<string>): string[] =>
  [...statements].flatMap((sql) => exceededLimits(sql).map((limit) => `${limit}: ${sql.slice(0, 300)}`));

describe("every statement that is sent to D1", () => {
  beforeAll(() => fill(SIZE));

  it("keeps to its limits, whatever the endpoint", async () => {
    const send = async (_label: string, request: () => Promise<unknown>) => {
      await request();
    };
    await everyEndpoint(call, send, SIZE);
    const create = {
      volume_id: seededId(IDLE, 2),
      destination_project_id: OTHER_PROJECT,
      require_key: false,
    };
    await call("owner", "POST", "/volume-transfers", { transfer: { ...create, no_snapshots: true } });
    const history = { limit: "10", offset: "1", sort: "closed_at:asc" };
    await get("/volume-transfers/history", { ...history, all_tenants: "1", status: "declined" });
    await call("owner", "GET", `/volume-transfers/history?${new URLSearchParams(history)}`);
    await call("owner", "GET", `/events?volume_id=${seededId(IDLE, 1)}&marker=${eventIdOf(1)}&type=x`);
    expect(sent.size).toBeGreaterThan(150);
    expect(exceededBy(sent)).toEqual([]);
  });

  it.each(LISTS)(
    "keeps to its limits in a list of $path with any sort keys and all filters",
    async (list) => {
      const { path, marker, sortKeys, filters } = list;
      // created_at is unique, and so the last key.
      const keys = Object.keys(sortKeys).filter((key) => key !== "created_at");
      const positions: readonly Readonly<Record<string, string>>[] = [{ marker }, { offset: "1" }];
      sent.clear();
      for (let first = 0; first < keys.length; first += 5) {
        const sort = keys.slice(first, first + 5).map((key) => `${key}:asc`);
        for (const position of positions) {
          const query = { sort: sort.join(","), all_tenants: "1", ...filters, ...position };
          expect(await get(path, query)).toMatchObject({ status: 200 });
        }
      }
      expect(sent.size).toBeGreaterThan(2);
      expect(exceededBy(sent)).toEqual([]);
    },
  );

  it.each(LISTS)("keeps to its limits in a list of $path after a marker and an offset", async (list) => {
    const { path, marker, sortKeys, filters } = list;
    // Those with the longest expressions.
    const keys = ["updated_at", "volume_type_id", "display_description", "migration_status", "source_volid"];
    const all = [...new Set([...keys, ...Object.keys(sortKeys)])];
    const sort = all.filter((key) => key in sortKeys && key !== "created_at");
    const query = { marker, offset: "1", all_tenants: "1", ...filters };
    sent.clear();
    const { status, body } = await get(path, { ...query, sort: sort.slice(0, 5).join(",") });
    expect({ status, body }).toMatchObject({ status: 200 });
    expect(sent.size).toBeGreaterThan(2);
    expect(exceededBy(sent)).toEqual([]);
    if (sort.length < 6) return;
    expect(await get(path, { ...query, sort: sort.slice(0, 6).join(",") })).toMatchObject({
      status: 400,
      body: { badRequest: { message: expect.stringContaining("at most 5 sort keys") } },
    });
  });

  it("keeps to its limits in the sweep", async () => {
    await env.DB.exec("update events set created_at = 1");
    const EVENTS_QUEUE = { send: async () => {} };
    sent.clear();
    await sweepRegions(deployment({ AUTH_STRATEGY: "noauth", DB: binding, EVENTS_QUEUE }));
    expect(sent.size).toBeGreaterThan(10);
    expect(exceededBy(sent)).toEqual([]);
  });

  it("keeps to its limits in npm run fsck", () => {
    const invariants = [
      ...INVARIANTS,
      ...EVENT_INVARIANTS,
      ...TYPE_INVARIANTS,
      ...valueInvariants(ENUMERATIONS),
    ];
    const queries = invariants.map(({ sql }) => limitQuery(sql, 100));
    expect(exceededBy([...queries, COUNTS_QUERY, COLUMN_NAMES_QUERY])).toEqual([]);
  });
});

describe("a statement", () => {
  const list = (length: number) => Array.from({ length }, (_, i) => `c${i}`).join(", ");
  const compound = (terms: number) => Array(terms).fill("select 1").join(" union all ");

  it.each([
    ["100001 bytes", `select '${"x".repeat(99_992)}'`],
    ["101 parameters", "select ?1, ?101"],
    ["33 arguments of a function", `select json_object(case when a then b end, ${list(32)})`],
    ["101 columns", `select ${list(101)} from t`],
    ["101 columns", `insert into "t" (${list(101)}) select * from u`],
    ["101 columns", `select a from t order by ${list(101)}`],
    ["6 terms of a compound select", `select * from (${compound(6)})`],
    ["a pattern that is no text of at most 50 bytes", "select a like ?1"],
    ["a pattern that is no text of at most 50 bytes", `select a glob '${"é".repeat(26)}'`],
  ])("exceeds a limit with %s", (limit, sql) => expect(exceededLimits(sql)).toEqual([limit]));

  it.each([
    `select '${"x".repeat(99_991)}'`,
    "select ?1, ?100",
    `select json_object(${list(32)}), max(${list(32)})`,
    `select ${list(100)} from t where a in (${list(200)}) and (b, c) in (select d, e from u) group by ${list(100)}`,
    `insert into "t" (${list(100)}) values (${list(100)}), ${Array(200).fill("(1)").join(", ")}`,
    `select (${compound(5)}), (${compound(5)})`,
    `select a not like '${"x".repeat(50)}', ',,(((' from t`,
  ])("may be as long as a limit (%#)", (sql) => expect(exceededLimits(sql)).toEqual([]));
});
