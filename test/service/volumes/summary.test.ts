import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("volumes, on %s", (_database, url) => {
  const at = (microversion: string, { project }: Client) => new Client(url, { project, microversion });

  describe("GET /volumes/summary", () => {
    it("returns the number, the size and the metadata of the project's volumes", async () => {
      const client = new Client(url);
      await client.createVolume({ size: 2, metadata: { a: "1", b: "x" } });
      await client.createVolume({ size: 3, metadata: { a: "2", b: "x" } });
      const volume = await client.createVolume({ size: 4 });
      await client.createSnapshot(volume);
      await new Client(url).createVolume({ metadata: { a: "other" } });
      const { status, body } = await client.get("volumes/summary");
      expect(status).toBe(200);
      expect(body).toEqual({
        "volume-summary": { total_count: 3, total_size: 9, metadata: { a: ["1", "2"], b: ["x"] } },
      });
    });

    it("counts the size of volumes alone, whether they or their snapshots are more", async () => {
      const client = new Client(url);
      const sizes: unknown[] = [];
      const [volume, other] = [
        await client.createVolume({ size: 2 }),
        await client.createVolume({ size: 5 }),
      ];
      for (let snapshots = 0; snapshots < 4; snapshots++) {
        sizes.push((await at("3.12", client).get("volumes/summary")).body);
        await client.createSnapshot(volume);
      }
      expect(sizes).toEqual(sizes.map(() => ({ "volume-summary": { total_count: 2, total_size: 7 } })));
      await client.send("DELETE", `volumes/${other}`);
      expect((await at("3.12", client).get("volumes/summary")).body).toEqual({
        "volume-summary": { total_count: 1, total_size: 2 },
      });
    });

    it("returns zeros in a project without volumes", async () => {
      expect((await new Client(url).get("volumes/summary")).body).toEqual({
        "volume-summary": { total_count: 0, total_size: 0, metadata: {} },
      });
    });

    it("returns 400 for more than 4 MB of metadata, and the numbers to those who ask for no metadata", async () => {
      const client = new Client(url);
      await new Admin(url).setQuota(client.project, { volumes: -1 });
      const create = (volume: number) =>
        client.createVolume({
          metadata: Object.fromEntries(
            Array.from({ length: 400 }, (_, i) => [`${volume} ${i}`, "x".repeat(255)]),
          ),
        });
      for (let i = 0; i < 38; i++) await create(i);
      expect((await client.get("volumes/summary")).status).toBe(200);
      for (let i = 38; i < 42; i++) await create(i);
      const { status, body } = await client.get("volumes/summary");
      expect(status).toBe(400);
      expect(body.badRequest?.message).toContain("at a microversion before 3.36");
      expect((await at("3.35", client).get("volumes/summary")).body).toEqual({
        "volume-summary": { total_count: 42, total_size: 42 },
      });
      // Summaries of all projects would be refused, too.
      for (const { id } of (await client.get("volumes")).body.volumes) await client.delete(`volumes/${id}`);
    });

    it("has metadata from 3.36 on, and exists from 3.12 on", async () => {
      const client = new Client(url);
      await client.createVolume();
      const totals = { total_count: 1, total_size: 1 };
      expect((await at("3.36", client).get("volumes/summary")).body).toEqual({
        "volume-summary": { ...totals, metadata: {} },
      });
      for (const version of ["3.35", "3.12"]) {
        expect((await at(version, client).get("volumes/summary")).body).toEqual({ "volume-summary": totals });
      }
      const { status, body } = await at("3.11", client).get("volumes/summary");
      expect(status).toBe(404);
      expect(body).toEqual({ itemNotFound: { code: 404, message: "The resource could not be found." } });
    });

    it("sums up all projects for an admin that asks for all_tenants, and for nobody else", async () => {
      const [client, admin] = [new Client(url), new Admin(url)];
      const key = crypto.randomUUID();
      await client.createVolume({ metadata: { [key]: "1" } });
      const text = async (as: Client, query: string) =>
        JSON.stringify((await as.get(`volumes/summary${query}`)).body);
      expect(await text(admin, "?all_tenants=1")).toContain(key);
      expect(await text(admin, "?all_tenants=0")).not.toContain(key);
      expect(await text(new Client(url), "?all_tenants=1")).not.toContain(key);
      expect((await admin.get("volumes/summary?all_tenants=x")).status).toBe(400);
    });
  });
});
