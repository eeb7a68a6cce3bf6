import { env } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALICE, request } from "./service.ts";

/** A row of a list, in the order of creation. */
interface Item {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly size: number;
  /** Whether the row belongs to the project that lists. */
  readonly own: boolean;
}

type Comparable = string | number;

/** A list of the API. */
interface List {
  readonly path: string;
  readonly property: "volumes" | "transfers";
  readonly insert: (item: Item) => D1PreparedStatement;
  /** The value of each sort key; undefined where all listed items share it. */
  readonly sortKeys: Readonly<Record<string, (item: Item, index: number) => Comparable | undefined>>;
  readonly filters: Readonly<Record<string, (item: Item) => Comparable | null>>;
  readonly listed: (item: Item) => boolean;
}

const VOLUMES: List = {
  path: "volumes",
  property: "volumes",
  insert: ({ id, own, name, size, status }) =>
    env.DB.prepare(
      `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata)
       values (?, ?, 'alice', ?, ?, ?, '__DEFAULT__', '{}')`,
    ).bind(id, own ? "alpha" : "beta", name, size, status),
  sortKeys: {
    created_at: (_, index) => index,
    name: ({ name }) => name ?? "",
    status: ({ status }) => status,
    size: ({ size }) => size,
    id: ({ id }) => id,
    bootable: () => undefined,
  },
  filters: { name: ({ name }) => name ?? "", status: ({ status }) => status, size: ({ size }) => size },
  listed: ({ own }) => own,
};

const TRANSFERS: List = {
  path: "volume-transfers",
  property: "transfers",
  insert: ({ id, own, name, status, size }) =>
    env.DB.prepare(
      `insert into transfers
         (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
       values (?, ?, ?, '', ?, ?, ?)`,
    ).bind(
      id,
      `volume of ${id}`,
      name ?? "",
      size % 2,
      own ? "alpha" : "beta",
      status === "available" ? null : 1,
    ),
  sortKeys: {
    created_at: (_, index) => index,
    display_name: ({ name }) => name ?? "",
    no_snapshots: ({ size }) => size % 2,
    volume_id: ({ id }) => `volume of ${id}`,
    id: ({ id }) => id,
    accepted: () => undefined,
  },
  filters: { name: ({ name }) => name, no_snapshots: ({ size }) => size % 2 },
  listed: ({ own, status }) => own && status === "available",
};

interface Sort {
  readonly key: string;
  readonly direction: "asc" | "desc";
}

/** Sorts a list by its definition: by each key in turn, then by the order of creation. */
function sortItems({ sortKeys }: List, items: readonly Item[], sort: readonly Sort[]): Item[] {
  const last: Sort = { key: "created_at", direction: sort[0]?.direction ?? "desc" };
  const numbered = items.map((item, index) => ({ item, index }));
  numbered.sort((a, b) => {
    for (const { key, direction } of [...sort, last]) {
      const [x, y] = [sortKeys[key]?.(a.item, a.index), sortKeys[key]?.(b.item, b.index)];
      if (x === undefined || y === undefined || x === y) continue;
      return x < y === (direction === "asc") ? -1 : 1;
    }
    return 0;
  });
  return numbered.map(({ item }) => item);
}

const items = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    name: fc.constantFrom(null, "a", "a", "b", "B", "é"),
    status: fc.constantFrom("available", "available", "error"),
    size: fc.integer({ min: 1, max: 3 }),
    own: fc.constantFrom(true, true, true, false),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);
const sortOf = ({ sortKeys }: List) =>
  fc.array(
    fc.record({
      key: fc.constantFrom(...Object.keys(sortKeys)),
      direction: fc.constantFrom("asc" as const, "desc" as const),
    }),
    { minLength: 1, maxLength: 3 },
  );

async function store(list: List, rows: readonly Item[]): Promise<void> {
  const table = list.property;
  await env.DB.batch([env.DB.prepare(`delete from ${table}`), ...rows.map(list.insert)]);
}

/** Requests a page, and returns its ids and the link to the next page. */
async function get(list: List, url: string): Promise<{ ids: string[]; next: string | undefined }> {
  const headers = { "X-Auth-Token": ALICE, "OpenStack-API-Version": "volume 3.70" };
  const response = await request(url, { headers });
  const body = await response.json<Record<string, { id?: string; href?: string }[]>>();
  expect(response.status, JSON.stringify(body)).toBe(200);
  return {
    ids: (body[list.property] ?? []).map(({ id }) => id ?? ""),
    next: body[`${list.property}_links`]?.[0]?.href,
  };
}

const queryOf = (sort: readonly Sort[], more: Readonly<Record<string, Comparable>>) =>
  new URLSearchParams({
    sort: sort.map(({ key, direction }) => `${key}:${direction}`).join(","),
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, String(value)])),
  });

describe.each([VOLUMES, TRANSFERS].map((list) => [list.path, list] as const))("GET /v3/%s", (_path, list) => {
  it("returns the page of the sorted list, for any items, sort order, filter, marker, limit and offset", async () => {
    await fc.assert(
      fc.asyncProperty(
        items,
        sortOf(list),
        fc.option(fc.constantFrom(...Object.keys(list.filters))),
        fc.record({ marker: fc.nat(12), filter: fc.nat(11), limit: fc.nat(6), offset: fc.nat(4) }),
        async (rows, sort, filter, { marker, filter: example, limit, offset }) => {
          await store(list, rows);
          const sorted = sortItems(list, rows, sort).filter(list.listed);
          // The marker past the end of the list stands for none.
          const after = sorted[marker];
          const value = filter === null ? null : (list.filters[filter]?.(rows[example] ?? ABSENT) ?? null);
          // No list can be filtered by the empty name.
          fc.pre(value !== "");
          const matching = sorted
            .slice(after === undefined ? 0 : marker + 1)
            .filter((item) => value === null || list.filters[filter ?? ""]?.(item) === value);
          const query = queryOf(sort, {
            limit,
            offset,
            ...(after !== undefined && { marker: after.id }),
            ...(filter !== null && value !== null && { [filter]: value }),
          });
          const { ids } = await get(list, `/v3/${list.path}?${query}`);
          expect(ids).toEqual(matching.slice(offset, offset + limit).map(({ id }) => id));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("links to the next page, so that the pages together are the sorted list", async () => {
    await fc.assert(
      fc.asyncProperty(items, sortOf(list), fc.integer({ min: 1, max: 5 }), async (rows, sort, limit) => {
        await store(list, rows);
        const found: string[] = [];
        let url: string | undefined = `/v3/${list.path}?${queryOf(sort, { limit })}`;
        while (url !== undefined && found.length <= rows.length) {
          const { ids, next } = await get(list, url);
          found.push(...ids);
          url = next;
        }
        const sorted = sortItems(list, rows, sort).filter(list.listed);
        expect(found).toEqual(sorted.map(({ id }) => id));
      }),
      { numRuns: 30 },
    );
  });
});

/** Stands for the example of a filter where there is no item. */
const ABSENT: Item = { id: "", name: "nobody", status: "available", size: 1, own: true };
