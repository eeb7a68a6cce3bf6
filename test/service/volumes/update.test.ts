import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("PUT /v3/{project_id}/volumes/{id}, on %s", (_database, url) => {
  it("returns 400 for null as metadata, and keeps what the volume has", async () => {
    const client = new Client(url);
    const path = `volumes/${await client.createVolume({ metadata: { key: "value" } })}`;
    expect(messageOf(400, await client.send("PUT", path, { volume: { metadata: null } }))).toBe(
      "Invalid input for field/attribute metadata. Value: None. None is not of type 'object'",
    );
    expect((await client.get(path)).body.volume).toMatchObject({ metadata: { key: "value" } });
  });

  it("returns 400 for a volume in maintenance", async () => {
    const client = new Client(url);
    const id = await client.createVolume({ metadata: { a: "1" } });
    await new Admin(url).resetStatus("volumes", id, "maintenance");
    for (const changes of [{ metadata: { a: "2" } }, { name: "new" }]) {
      expect(messageOf(400, await client.send("PUT", `volumes/${id}`, { volume: changes }))).toBe(
        "Invalid volume: The volume cannot be updated during maintenance.",
      );
    }
    expect((await client.get(`volumes/${id}`)).body.volume).toMatchObject({
      name: null,
      metadata: { a: "1" },
    });
    await new Admin(url).resetStatus("volumes", id, "available");
    expect((await client.send("PUT", `volumes/${id}`, { volume: { name: "new" } })).status).toBe(200);
  });

  describe("without changes", () => {
    it("returns the volume as it is before 3.53", async () => {
      const client = new Client(url, { microversion: "3.52" });
      const id = await client.createVolume({ name: "n", metadata: { a: "1" } });
      const { updated_at } = Object((await client.get(`volumes/${id}`)).body.volume);
      const { status, body } = await client.send("PUT", `volumes/${id}`, { volume: {} });
      expect(status).toBe(200);
      expect(body.volume).toMatchObject({ id, name: "n", metadata: { a: "1" }, updated_at });
      expect(
        (await new Client(url, { microversion: "3.52" }).send("PUT", `volumes/${id}`, { volume: {} })).status,
      ).toBe(404);
      expect(messageOf(400, await client.send("PUT", `volumes/${id}`, { volume: { size: 2 } }))).toMatch(
        /'size' was unexpected/,
      );
    });

    it("is rejected with 400 from 3.53 on", async () => {
      const client = new Client(url, { microversion: "3.53" });
      const id = await client.createVolume();
      expect(messageOf(400, await client.send("PUT", `volumes/${id}`, { volume: {} }))).toBe(
        "Invalid input for field/attribute volume. Value: {}. {} is not valid under any of the given schemas",
      );
    });
  });
});
