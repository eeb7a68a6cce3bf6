import { describe, expect, it } from "vitest";
import { Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

const WRONG = { auth_key: "0000000000000000" };
/** The default of MAX_ACCEPT_ATTEMPTS. */
const ATTEMPTS = 10;

describe.each(DATABASES)("an accept with a wrong auth_key, on %s", (_database, url) => {
  const offer = async () => {
    const donor = new Client(url);
    return { donor, transfer: await donor.createVolumeAndTransfer() };
  };
  const guess = (client: Client, id: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => client.accept({ id, ...WRONG })));

  const show = (owner: Client, id: string) =>
    owner.send("GET", `volume-transfers/${id}`, undefined, { "X-Failed-Attempts": "true" });

  it("shuts its own project out after MAX_ACCEPT_ATTEMPTS, with the right key too", async () => {
    const { transfer } = await offer();
    const guesser = new Client(url);
    const [first] = await guess(guesser, transfer.id, ATTEMPTS);
    const right = await guesser.accept(transfer);
    expect(right.status).toBe(400);
    expect(right.body).toEqual(first?.body);
  });

  it("does not shut other projects out", async () => {
    const { transfer } = await offer();
    await Promise.all([guess(new Client(url), transfer.id, 15), guess(new Client(url), transfer.id, 15)]);
    expect((await new Client(url).accept(transfer)).status).toBe(202);
  });

  it("counts no more once its project is shut out, so that one project cannot end the offer for all", async () => {
    const { donor, transfer } = await offer();
    const guesser = new Client(url);
    await guess(guesser, transfer.id, 3 * ATTEMPTS);
    await guesser.send("POST", `volume-transfers/${transfer.id}/preview`, { preview: WRONG });
    expect((await show(donor, transfer.id)).body.transfer).toMatchObject({ failed_attempts: ATTEMPTS });
    expect((await new Client(url).accept(transfer)).status).toBe(202);
  });

  it("leaves its project the right key after fewer failed attempts", async () => {
    const { transfer } = await offer();
    const clumsy = new Client(url);
    await guess(clumsy, transfer.id, ATTEMPTS - 1);
    expect((await clumsy.accept(transfer)).status).toBe(202);
  });

  it("is counted however many are concurrent, and shown to the owner who asks", async () => {
    const { donor, transfer } = await offer();
    await Promise.all([guess(new Client(url), transfer.id, 9), guess(new Client(url), transfer.id, 8)]);
    expect((await show(donor, transfer.id)).body.transfer).toMatchObject({ failed_attempts: 17 });
    const unasked = await donor.get(`volume-transfers/${transfer.id}`);
    expect(unasked.body.transfer).not.toHaveProperty("failed_attempts");
  });
});

describe.each(DATABASES)("a create with Idempotency-Key, on %s", (_database, url) => {
  const create = (client: Client, volume_id: string, key: string) =>
    client.send("POST", "volume-transfers", { transfer: { volume_id } }, { "Idempotency-Key": key });

  it("returns the same transfer with a new auth_key when it is repeated, and the old key ends", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const volume = await donor.createVolume();
    const first = await create(donor, volume, "a-key");
    const again = await create(donor, volume, "a-key");
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body.transfer.id).toBe(first.body.transfer.id);
    expect(again.body.transfer.auth_key).not.toBe(first.body.transfer.auth_key);
    expect((await acceptor.accept(first.body.transfer)).status).toBe(400);
    expect((await acceptor.accept(again.body.transfer)).status).toBe(202);
  });

  it("creates one transfer however many are concurrent, of which one response has the valid key", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const volume = await donor.createVolume();
    const responses = await Promise.all(Array.from({ length: 10 }, () => create(donor, volume, "a-key")));
    expect(new Set(responses.map(({ status, body }) => `${status} ${body.transfer.id}`)).size).toBe(1);
    const accepts = [];
    for (const { body } of responses.reverse()) accepts.push((await acceptor.accept(body.transfer)).status);
    expect(accepts.filter((status) => status === 202)).toHaveLength(1);
  });

  it("is refused with another key while the transfer is open", async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    await create(donor, volume, "a-key");
    expect((await create(donor, volume, "another-key")).status).toBe(400);
  });

  it("changes nothing after the transfer has been accepted", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const volume = await donor.createVolume();
    const { transfer } = (await create(donor, volume, "a-key")).body;
    await acceptor.accept(transfer);
    expect((await create(donor, volume, "a-key")).status).toBe(404);
    expect((await acceptor.get(`volumes/${volume}`)).body.volume.status).toBe("available");
    await donor.accept((await acceptor.createTransfer(volume)).body.transfer);
    const used = await create(donor, volume, "a-key");
    expect([used.status, used.body.badRequest?.message]).toEqual([
      400,
      expect.stringContaining("Use another key"),
    ]);
    expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("available");
  });
});
