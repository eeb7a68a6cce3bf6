import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { member } from "../../support/member.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";
import { setUpTypes } from "../volume_types/setup.ts";

/** As Cinder, the service takes them in names. NUL is the one at which C ends a text. */
const NAME = "a\0b\x07c\x1b[31m\n\x7f\x85d é💾";

describe.each(DATABASES)("control characters, on %s", (_database, url) => {
  let client: Client;
  beforeEach(() => {
    client = new Client(url);
  });

  /** Expects a name in the response of a create, of an update, and in what is shown and listed afterwards. */
  async function expectKept(
    path: string,
    kind: string,
    fields: object,
    as: Client = client,
  ): Promise<string> {
    const created = await as.send("POST", path, { [kind]: { ...fields, name: NAME } });
    expect(member(member(created.body, kind), "name"), `POST /${path}`).toBe(NAME);
    const id = String(member(member(created.body, kind), "id"));
    if (kind !== "transfer") {
      const updated = await as.send("PUT", `${path}/${id}`, { [kind]: { name: `${NAME}.` } });
      expect(member(member(updated.body, kind), "name"), `PUT /${path}`).toBe(`${NAME}.`);
      await as.send("PUT", `${path}/${id}`, { [kind]: { name: NAME } });
    }
    expect(member(member((await as.get(`${path}/${id}`)).body, kind), "name"), `GET /${path}`).toBe(NAME);
    return id;
  }

  it("are kept in names, also after an accept", async () => {
    const volume_id = await expectKept("volumes", "volume", { size: 1, metadata: { key: NAME } });
    const snapshot_id = await expectKept("snapshots", "snapshot", { volume_id, metadata: { key: NAME } });
    const admin = new Admin(url);
    const type = `${NAME} ${crypto.randomUUID()}`;
    const made = await admin.send("POST", "types", {
      volume_type: { name: type, extra_specs: { key: NAME } },
    });
    expect(made.body).toMatchObject({ volume_type: { name: type, extra_specs: { key: NAME } } });
    for (const path of [`volumes/${volume_id}`, `snapshots/${snapshot_id}`]) {
      expect((await client.get(`${path}/metadata`)).body.metadata, path).toEqual({ key: NAME });
    }
    const { volumes } = (await client.get(`volumes?name=${encodeURIComponent(NAME)}`)).body;
    expect(volumes.map(({ name }) => name)).toEqual([NAME]);

    const created = (await client.createTransfer(volume_id, { name: NAME })).body.transfer;
    expect(created.name).toBe(NAME);
    expect((await client.get("volume-transfers")).body.transfers.map(({ name }) => name)).toEqual([NAME]);
    const acceptor = new Client(url);
    expect((await acceptor.accept(created)).body.transfer.name).toBe(NAME);
    expect((await acceptor.get(`volumes/${volume_id}`)).body.volume.name).toBe(NAME);
    expect((await acceptor.get(`snapshots/${snapshot_id}`)).body.snapshot).toMatchObject({ name: NAME });
  });

  it.each(["\0", "\t", "\n", "\x7f", "\u2028", "\u00ad"])(
    "are rejected in descriptions of snapshots and types, as in Cinder: %j",
    async (control) => {
      const description = `a${control}b`;
      const { admin, create, name } = setUpTypes(url);
      const volume_id = await client.createVolume({ description });
      const snapshot = await client.createSnapshot(volume_id, { description: "a b é💾" });
      const type = await create({ description: "a b é💾" });
      for (const [as, method, path, body] of [
        [client, "POST", "snapshots", { snapshot: { volume_id, description } }],
        [client, "PUT", `snapshots/${snapshot}`, { snapshot: { description } }],
        [client, "PUT", `snapshots/${snapshot}`, { snapshot: { display_description: description } }],
        [admin, "POST", "types", { volume_type: { name: `${name} 2`, description } }],
        [admin, "PUT", `types/${type}`, { volume_type: { description } }],
      ] as const) {
        expect(messageOf(400, await as.send(method, path, body))).toMatch(
          /has characters that cannot be printed$/,
        );
      }
    },
  );
});
