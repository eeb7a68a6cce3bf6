import { describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { inMs } from "../../support/expired_transfers.ts";
import { DATABASES } from "../databases.ts";

const changes = (client: Client, headers: Readonly<Record<string, string>> = {}) =>
  client.send("GET", "volume-transfers/changes", undefined, headers);
const tagOf = async (client: Client): Promise<string> => (await changes(client)).headers.get("ETag") ?? "";

describe.each(DATABASES)("GET /v3/{project_id}/volume-transfers/changes, on %s", (_database, url) => {
  it("returns a version, and 304 while it is the same", async () => {
    const client = new Client(url);
    const first = await changes(client);
    const { version } = first.body as unknown as { readonly version: string };
    expect(version).toMatch(/^[0-9a-f]{32}$/);
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).toBe(`"${version}"`);
    const second = await changes(client, { "If-None-Match": tag });
    expect(second.status).toBe(304);
    expect(second.headers.get("ETag")).toBe(tag);
    // Other resources change nothing.
    await client.createVolume();
    expect(await tagOf(client)).toBe(tag);
    await client.createVolumeAndTransfer();
    expect((await changes(client, { "If-None-Match": tag })).status).toBe(200);
  });

  it("changes for both sides with each change of a transfer, and for no other project", async () => {
    const [giver, taker, other] = [new Client(url), new Client(url), new Client(url)];
    const seen = { giver: await tagOf(giver), taker: await tagOf(taker), other: await tagOf(other) };
    const expectChanged = async (...changed: (keyof typeof seen)[]) => {
      const now = { giver: await tagOf(giver), taker: await tagOf(taker), other: await tagOf(other) };
      const names = ["giver", "taker", "other"] as const;
      expect(names.filter((name) => now[name] !== seen[name])).toEqual(changed);
      Object.assign(seen, now);
    };
    const bound = { destination_project_id: taker.project };
    const post = (client: Client, id: string, action: string, body: object = {}) =>
      client.send("POST", `volume-transfers/${id}/${action}`, { [action]: body });

    const withdrawn = await giver.createVolumeAndTransfer(bound);
    await expectChanged("giver", "taker");
    await post(taker, withdrawn.id, "preview", { auth_key: withdrawn.auth_key });
    await expectChanged("giver", "taker");
    await giver.delete(`volume-transfers/${withdrawn.id}`);
    await expectChanged("giver", "taker");
    const declined = await giver.createVolumeAndTransfer(bound);
    await expectChanged("giver", "taker");
    await post(taker, declined.id, "decline");
    await expectChanged("giver", "taker");
    const accepted = await giver.createVolumeAndTransfer();
    await expectChanged("giver");
    await taker.accept(accepted);
    await expectChanged("giver", "taker");
    const { id } = await giver.createVolumeAndTransfer({ expires_at: inMs(3000) });
    await expectChanged("giver");
    await expect
      .poll(async () => (await giver.get(`volume-transfers/${id}`)).status, { timeout: 30_000 })
      .toBe(404);
    await expectChanged("giver");
  });
});
