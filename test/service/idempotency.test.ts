import { describe, expect, it } from "vitest";
import { Client, type Transfer } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("an accept with Idempotency-Key, on %s", (_database, url) => {
  const accept = (client: Client, { id, auth_key }: Pick<Transfer, "id" | "auth_key">, key: string) =>
    client.send(
      "POST",
      `volume-transfers/${id}/accept`,
      { accept: { auth_key } },
      { "Idempotency-Key": key },
    );

  async function offered() {
    const [donor, acceptor] = [new Client(url), new Client(url, { user: "bob" })];
    const volume = await donor.createVolume({ size: 2 });
    await donor.createSnapshot(volume);
    return { donor, acceptor, volume, offer: (await donor.createTransfer(volume)).body.transfer };
  }

  it("returns the same 202 when it is repeated, and takes effect once", async () => {
    const { donor, acceptor, offer } = await offered();
    const first = await accept(acceptor, offer, "a-key");
    const again = await accept(acceptor, offer, "a-key");
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
    expect(await donor.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
  });

  it("returns the same 202 when it is repeated after the volume has been transferred again", async () => {
    const { donor, acceptor, volume, offer } = await offered();
    await accept(acceptor, offer, "a-key");
    await donor.accept((await acceptor.createTransfer(volume)).body.transfer);
    expect((await accept(acceptor, offer, "a-key")).status).toBe(202);
    expect((await donor.get(`volumes/${volume}`)).status).toBe(200);
  });

  it("returns the same 202 to all of ten concurrent requests, and takes effect once", async () => {
    const { acceptor, offer } = await offered();
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(acceptor, offer, "a-key")));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
  });

  it("returns 404 when it is repeated with another key, by another project, or with another auth_key", async () => {
    const { acceptor, offer } = await offered();
    await accept(acceptor, offer, "a-key");
    expect((await accept(acceptor, offer, "b-key")).status).toBe(404);
    expect((await acceptor.accept(offer)).status).toBe(404);
    expect((await accept(new Client(url), offer, "a-key")).status).toBe(404);
    expect((await accept(acceptor, { ...offer, auth_key: "0000000000000000" }, "a-key")).status).toBe(404);
  });

  it("returns 404 after an accept without a key", async () => {
    const { acceptor, offer } = await offered();
    await acceptor.accept(offer);
    expect((await accept(acceptor, offer, "a-key")).status).toBe(404);
  });

  it("can be repeated with the same key after a 400", async () => {
    const { acceptor, offer } = await offered();
    expect((await accept(acceptor, { ...offer, auth_key: "0000000000000000" }, "a-key")).status).toBe(400);
    expect((await accept(acceptor, offer, "a-key")).status).toBe(202);
  });

  it.each(["", "two words", "x".repeat(256)])("returns 400 if the key is malformed: %j", async (key) => {
    const { acceptor, offer } = await offered();
    const answer = await accept(acceptor, offer, key);
    expect(answer.status).toBe(400);
    expect(answer.body.badRequest?.message).toContain("Idempotency-Key");
    expect((await acceptor.accept(offer)).status).toBe(202);
  });
});
