import { beforeAll, describe, expect, it } from "vitest";
import { Admin, Client } from "../support/client.ts";
import { member, textOf } from "../support/member.ts";
import { DATABASES } from "./databases.ts";

const COUNT = 12;
/** About 100 KB. */
const METADATA = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`key ${i}`, "x".repeat(250)]));
const KINDS = ["volumes", "snapshots"] as const;

describe.each(DATABASES)("on %s, a page of items with 100 KB of metadata each", (_database, url) => {
  let client: Client;
  const created: Record<(typeof KINDS)[number], string[]> = { volumes: [], snapshots: [] };
  beforeAll(async () => {
    client = new Client(url);
    await new Admin(url).setQuota(client.project, { volumes: COUNT, snapshots: COUNT });
    for (let i = 0; i < COUNT; i++) {
      const volume = await client.createVolume({ name: `name ${i % 3}`, metadata: METADATA });
      created.volumes.push(volume);
      created.snapshots.push(
        await client.createSnapshot(volume, { name: `name ${i % 3}`, metadata: METADATA }),
      );
    }
  });

  describe.each(KINDS)("%s", (kind) => {
    /** Returns the ids of a page, and the path of the next one. */
    const page = async (path: string) => {
      const { status, body } = await client.get(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      const ids = Object.values(member(body, kind) ?? []).map((one) => textOf(one, "id"));
      const [next] = Object.values(member(body, `${kind}_links`) ?? []);
      return { ids, next: next === undefined ? undefined : textOf(next, "href").slice(url.length) };
    };
    const allPages = async (first: string) => {
      const pages: string[][] = [];
      for (let path: string | undefined = first; path !== undefined; ) {
        const { ids, next }: { ids: string[]; next: string | undefined } = await page(path);
        pages.push(ids);
        path = next;
      }
      return pages;
    };

    it.each(["created_at:asc", "name:asc", "name:desc,created_at:asc", "status:asc,name:asc"])(
      "has fewer than limit items, and a link to the others, sorted by %s",
      async (sort) => {
        const pages = await allPages(`${kind}/detail?limit=${COUNT}&sort=${sort}`);
        expect(pages[0]?.length).toBeLessThan(COUNT);
        expect(pages[0]?.length).toBeGreaterThan(1);
        // Those of one item are not bounded.
        const single = await allPages(`${kind}?limit=1&sort=${sort}`);
        expect(pages.flat()).toEqual(single.flat());
        expect(pages.flat().toSorted()).toEqual(created[kind].toSorted());
      },
    );

    it.each(["created_at:asc", "name:asc"])("skips the items of the offset, sorted by %s", async (sort) => {
      const order = (await allPages(`${kind}?limit=1&sort=${sort}`)).flat();
      for (const offset of [1, 5, 9]) {
        const begin = await page(`${kind}?limit=2&offset=${offset}&sort=${sort}`);
        expect(begin.ids).toEqual(order.slice(offset, offset + 2));
        const after = await page(`${kind}?limit=2&marker=${order[0]}&offset=${offset}&sort=${sort}`);
        expect(after.ids).toEqual(order.slice(offset + 1, offset + 3));
      }
    });

    it("contains up to 4 MB", async () => {
      const { ids, next } = await page(`${kind}/detail`);
      expect(ids).toHaveLength(COUNT);
      expect(next).toBeUndefined();
    });
  });
});
