import { describe, expect, it } from "vitest";
import { Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("an accept with Idempotency-Key, on %s", (_database, url) => {
  async function createTransferWithSnapshot() {
    const [donor, acceptor] = [new Client(url), new Client(url, { user: "bob" })];
    const volume = await donor.createVolume({ size: 2 });
    await donor.createSnapshot(volume);
    return { donor, acceptor, volume, transfer: (await donor.createTransfer(volume)).body.transfer };
  }

  it("returns the same 202 when it is repeated, and takes effect once", async () => {
    const { donor, acceptor, transfer } = await createTransferWithSnapshot();
    const first = await acceptor.accept(transfer, "a-key");
    const again = await acceptor.accept(transfer, "a-key");
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
    expect(await donor.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
  });

  it("returns the same 202 when it is repeated after the volume has been transferred again", async () => {
    const { donor, acceptor, volume, transfer } = await createTransferWithSnapshot();
    await acceptor.accept(transfer, "a-key");
    await donor.accept((await acceptor.createTransfer(volume)).body.transfer);
    expect((await acceptor.accept(transfer, "a-key")).status).toBe(202);
    expect((await donor.get(`volumes/${volume}`)).status).toBe(200);
  });

  it("returns the same 202 to all of ten concurrent requests, and takes effect once", async () => {
    const { acceptor, transfer } = await createTransferWithSnapshot();
    const responses = await Promise.all(Array.from({ length: 10 }, () => acceptor.accept(transfer, "a-key")));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 202));
    expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
  });

  it("returns 404 when it is repeated with another key, by another project, or with another auth_key", async () => {
    const { acceptor, transfer } = await createTransferWithSnapshot();
    await acceptor.accept(transfer, "a-key");
    expect((await acceptor.accept(transfer, "b-key")).status).toBe(404);
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect((await new Client(url).accept(transfer, "a-key")).status).toBe(404);
    expect((await acceptor.accept({ ...transfer, auth_key: "0000000000000000" }, "a-key")).status).toBe(404);
  });

  it("returns 404 after an accept without a key", async () => {
    const { acceptor, transfer } = await createTransferWithSnapshot();
    await acceptor.accept(transfer);
    expect((await acceptor.accept(transfer, "a-key")).status).toBe(404);
  });

  it("can be repeated with the same key after a 400", async () => {
    const { acceptor, transfer } = await createTransferWithSnapshot();
    expect((await acceptor.accept({ ...transfer, auth_key: "0000000000000000" }, "a-key")).status).toBe(400);
    expect((await acceptor.accept(transfer, "a-key")).status).toBe(202);
  });

  it.each(["", "two words", "x".repeat(256)])("returns 400 if the key is malformed: %j", async (key) => {
    const { acceptor, transfer } = await createTransferWithSnapshot();
    const response = await acceptor.accept(transfer, key);
    expect(response.status).toBe(400);
    expect(response.body.badRequest?.message).toContain("Idempotency-Key");
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });
});
