import { env } from "cloudflare:test";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { type Batch, type Params, prepareBatch, queryBuilder } from "../../src/db/batch.ts";
import { member, selectForEachInput, updateForEachInput } from "../../src/db/combine.ts";
import { exchangeGroup, Failure } from "../../src/db/exchange.ts";
import { Group, type GroupLimits } from "../../src/db/group.ts";
import { volumes } from "../../src/db/schema.ts";
import { requestsOf } from "./batch_requests.ts";

interface Values {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
}

/** Sets the name of a volume, and reads it: a kind of batch that combines. */
const rename = prepareBatch(
  (params: Params<Values>) => ({
    renamed: updateForEachInput(
      params,
      queryBuilder
        .update(volumes)
        .set({ display_name: params.param("name"), status: params.param("status") }),
    )
      .where(eq(volumes.id, params.param("id")))
      .returning({ ...member(params, volumes.id), name: volumes.display_name }),
    // What was given too long a name is undecided.
    length: selectForEachInput(
      params,
      queryBuilder
        .select({
          ...member(params, volumes.id),
          length: sql<number>`length(${volumes.display_name})`.as("length"),
        })
        .from(volumes),
    ).where(eq(volumes.id, params.param("id"))),
  }),
  { shared: ["status"], key: "id", isUndecided: ({ length: [row] }) => (row?.length ?? 0) > 20 },
);

/** Reads the status of a volume: a kind of batch that does not combine. */
const read = prepareBatch(({ param }: Params<Pick<Values, "id">>) => ({
  volume: queryBuilder
    .select({ name: volumes.display_name })
    .from(volumes)
    .where(eq(volumes.id, param("id"))),
}));

const LIMITS: GroupLimits = { requests: 10, statements: 100, characters: 100_000, sharesResults: false };

async function createVolumes(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  const insert = env.DB.prepare(
    "insert into volumes (id, project_id, user_id, size, status, volume_type, metadata) values (?, 'p', 'u', 1, 'available', 't', '{}')",
  );
  await env.DB.batch(ids.map((id) => insert.bind(id)));
  return ids;
}

const setName = (id: string | undefined, name: string | null, status = "available"): Batch<unknown> =>
  rename({ id: id ?? "", name, status });

function groupOf(batches: readonly Batch<unknown>[], limits: Partial<GroupLimits> = {}) {
  const requests = requestsOf(batches);
  const [first, ...others] = requests;
  if (first === undefined) throw new Error("a group has a request");
  const group = new Group({ ...LIMITS, ...limits }, first);
  const fits = others.map((request) => group.add(request));
  /** Runs the group, and returns the result of each batch. */
  const run = async () => {
    const results = await exchangeGroup(first, group);
    return requests.map((request, i) => {
      const result = results.get(request);
      if (result === undefined || result instanceof Failure) return result;
      return (result.combined ? batches[i]?.combinable : batches[i])?.read(result.rows);
    });
  };
  const order = group.requests.map((request) => requests.indexOf(request));
  return { group, fits, order, run };
}

const names = (results: readonly unknown[]) =>
  results.map((result) =>
    JSON.parse(JSON.stringify(result ?? null))?.renamed?.map(({ name }: { name: string }) => name),
  );

describe("a group of requests", () => {
  it("sends the statements of a kind once, and gives each request its own rows", async () => {
    const [a, b, c] = await createVolumes(3);
    const { group, run } = groupOf([
      setName(a, "A"),
      setName(b, 'B" ?1'),
      setName("none", "N"),
      setName(c, null),
    ]);
    expect(group.prepare().statements).toHaveLength(2);
    expect(names(await run())).toEqual([["A"], ['B" ?1'], [], [null]]);
  });

  it("runs requests that change the same in order of arrival", async () => {
    const [a, b] = await createVolumes(2);
    const { group, order, run } = groupOf([
      setName(a, "1"),
      setName(a, "2"),
      setName(b, "3"),
      setName(a, "4"),
    ]);
    expect(order).toEqual([0, 2, 1, 3]);
    expect(group.prepare().statements).toHaveLength(6);
    expect(names(await run())).toEqual([["1"], ["2"], ["3"], ["4"]]);
    expect(
      await env.DB.prepare("select display_name from volumes where id = ?").bind(a).first("display_name"),
    ).toBe("4");
  });

  it("runs a request behind those before it of which it is not known what they change", async () => {
    const [a, b] = await createVolumes(2);
    const batches = [setName(a, "1"), read({ id: b ?? "" }), setName(b, "2")];
    const { order, group, run } = groupOf(batches);
    expect(order).toEqual([0, 1, 2]);
    expect(group.prepare().statements).toHaveLength(5);
    expect(await run()).toMatchObject([{}, { volume: [{ name: null }] }, { renamed: [{ name: "2" }] }]);
  });

  it("combines only requests with the same shared values", async () => {
    const [a, b] = await createVolumes(2);
    const { group, run } = groupOf([setName(a, "1"), setName(b, "2", "error")]);
    expect(group.prepare().statements).toHaveLength(4);
    expect(names(await run())).toEqual([["1"], ["2"]]);
  });

  it.each(["\0", "\ud800", "a\udfffb"])(
    "does not combine a request whose text JSON or SQLite would change: %j",
    async (name) => {
      const [a, b] = await createVolumes(2);
      const { group } = groupOf([setName(a, name), setName(b, "2")]);
      expect(group.prepare().statements).toHaveLength(4);
    },
  );

  it("leaves a request undecided that its kind says was refused for the others", async () => {
    const [a, b] = await createVolumes(2);
    const { run } = groupOf([setName(a, "1"), setName(b, "too long for this kind of batch")]);
    expect(await run()).toMatchObject([{ renamed: [{ name: "1" }] }, undefined]);
  });

  it("runs the requests one by one after a statement has failed, so that the failure is one request's own", async () => {
    const [a, b] = await createVolumes(2);
    const duplicate: Batch<unknown> = {
      statements: [{ sql: "insert into settings (name, value) values ('x', null)", params: [] }],
      read: () => undefined,
    };
    const { run } = groupOf([setName(a, "1"), setName(b, "2"), duplicate]);
    const [first, second, failed] = await run();
    expect(names([first, second])).toEqual([["1"], ["2"]]);
    expect(failed).toBeInstanceOf(Failure);
  });

  it("counts the statements of a kind once", async () => {
    const ids = await createVolumes(4);
    const renames = ids.map((id) => setName(id, "x"));
    expect(groupOf([...renames, read({ id: "a" }), read({ id: "b" })], { statements: 3 }).fits).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(groupOf(renames, { requests: 3 }).fits).toEqual([true, true, false]);
    const long = ids.map((id) => setName(id, "x".repeat(1000)));
    expect(groupOf(long, { characters: 3000 }).fits).toEqual([true, false, false]);
  });
});
