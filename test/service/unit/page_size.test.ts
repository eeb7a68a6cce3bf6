import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { cutPage } from "../../../src/db/statements/page_size.ts";
import { ALICE, request } from "./service.ts";

describe("a page", () => {
  const rows = (...bytes: number[]) => bytes.map((bytes, i) => ({ id: String(i), bytes }));

  it("has at least one row, whatever its size", () => {
    expect(cutPage(rows(9_000_000, 1), 1000)).toMatchObject({ rows: [{ id: "0" }], more: true });
  });

  it("ends with the row that exceeds its bytes", () => {
    expect(cutPage(rows(3_000_000, 2_000_000, 1), 1000).rows).toHaveLength(2);
  });

  it("may be followed by another one if it is full, or its bytes are", () => {
    expect(cutPage(rows(1, 1), 2).more).toBe(true);
    expect(cutPage(rows(1, 1), 3).more).toBe(false);
    expect(cutPage(rows(1, 4_000_000), 1000).more).toBe(true);
    expect(cutPage(rows(), 0).more).toBe(false);
  });
});

describe("a page of the feed", () => {
  it("with long events ends before limit, and the next ones have the others", async () => {
    const COUNT = 80;
    const data = JSON.stringify({
      transfer: null,
      volume: { id: "v", name: null, size: 1, volume_type: null, host: null, managed_reference: null },
      snapshot_ids: Array.from({ length: 2000 }, () => crypto.randomUUID()),
      destination_project_id: null,
    });
    // A project's feed is merged of those of its volumes and of those that it received, each bounded by itself.
    await env.DB.batch(
      Array.from({ length: COUNT }, (_, i) =>
        env.DB.prepare(
          `insert into events (seq, type, volume_id, source_project_id, destination_project_id, data)
           values (?, 'volume_transfer.accepted', 'v', ?, ?, ?)`,
        ).bind(1000 + i, i % 3 === 0 ? "alpha" : "beta", i % 3 === 0 ? "beta" : "alpha", data),
      ),
    );
    const seqs: number[] = [];
    let pages = 0;
    for (let path: string | undefined = "/v3/events?limit=1000"; path !== undefined; pages++) {
      const response = await request(path, {
        headers: { "X-Auth-Token": ALICE, "OpenStack-API-Version": "volume latest" },
      });
      expect(response.status).toBe(200);
      const { events, events_links } = await response.json<{
        events: { id: string }[];
        events_links?: { href: string }[];
      }>();
      seqs.push(...events.map(({ id }) => Number(id.split("-")[0])));
      path = events_links?.[0]?.href.replace(/^https?:\/\/[^/]+/, "");
    }
    expect(pages).toBeGreaterThan(1);
    expect(seqs).toEqual(Array.from({ length: COUNT }, (_, i) => 1000 + i));
  });
});
