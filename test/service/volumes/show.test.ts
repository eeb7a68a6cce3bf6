import { describe, expect, it } from "vitest";
import { Client, UNKNOWN_ID } from "../../support/client.ts";
import { textOf } from "../../support/member.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("GET /volumes/{id}/encryption, on %s", (_database, url) => {
  it("shows the specs of the volume's type, and no key", async () => {
    const client = new Client(url);
    const path = `volumes/${await client.createVolume()}/encryption`;
    expect(await client.get(path)).toMatchObject({ status: 200, body: { encryption_key_id: null } });
    expect(Object.keys((await client.get(path)).body)).toEqual(["encryption_key_id"]);
    const encrypted = await client.createVolume({ volume_type: "LUKS" });
    expect((await client.get(`volumes/${encrypted}/encryption`)).body).toMatchObject({
      encryption_key_id: null,
      control_location: "front-end",
      provider: expect.any(String),
    });
    expect((await new Client(url).get(path)).status).toBe(404);
    expect((await client.get(`volumes/${UNKNOWN_ID}/encryption`)).status).toBe(404);
  });
});

describe.each(DATABASES)("updated_at, on %s", (_database, url) => {
  const timesOf = (resource: unknown) => [textOf(resource, "created_at"), textOf(resource, "updated_at")];

  it("of a volume or snapshot that nobody has touched is the time of its creation", async () => {
    const client = new Client(url);
    const created = await client.send("POST", "volumes", { volume: { size: 1 } });
    // As in Cinder, the response of the create is older than that.
    expect(created.body.volume).toMatchObject({ updated_at: null });
    const volume = created.body.volume.id;
    const [made, updated] = timesOf((await client.get(`volumes/${volume}`)).body.volume);
    expect(updated).toBe(made);
    const snapshot = await client.send("POST", "snapshots", { snapshot: { volume_id: volume } });
    expect(snapshot.body.snapshot).toMatchObject({ updated_at: null });
    for (const path of [`snapshots/${snapshot.body.snapshot.id}`, "snapshots", "snapshots/detail"]) {
      const { body } = await client.get(path);
      const [made, updated] = timesOf(body.snapshot ?? body.snapshots[0]);
      expect(updated, path).toBe(made);
    }
  });
});
