import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { Cloud, endings, IMPATIENT, offer, statusInCinder, WITH_CREDENTIAL } from "./cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start({ ...IMPATIENT, ...WITH_CREDENTIAL });
});
afterAll(() => cloud?.stop());
afterEach(() => cloud.comesBack());

/** A limit that only a service in error reaches. */
const WAIT = { timeout: 30_000, interval: 300 };

describe.each(DATABASES)("the sweep with an application credential, on %s", (database) => {
  const project = () => cloud.project(database);
  const sweep = async () => {
    const { D1, libSQL } = cloud.services;
    if (database === "D1") await fetch(D1.cronUrl);
    else await libSQL.sweep();
  };
  /** Runs the sweep until a volume is free, without a request of its owner. */
  const untilFree = (donor: ReturnType<typeof project>, volume_id: string) =>
    vi.waitFor(async () => {
      await sweep();
      expect(await statusInCinder(donor, volume_id)).toBe("available");
    }, WAIT);

  it("ends in Cinder what was declined and what has expired", async () => {
    const [donor, acceptor] = [project(), project()];
    const declined = await offer(donor, { destination_project_id: acceptor.project });
    const expired = await offer(donor, { expires_at: new Date(Date.now() + 1000).toISOString() });
    expect(
      (await acceptor.send("POST", `volume-transfers/${declined.id}/decline`, { decline: {} })).status,
    ).toBe(202);
    for (const { volume_id } of [declined, expired]) await untilFree(donor, volume_id);
    expect((await endings(donor)).toSorted()).toEqual(["declined", "expired"]);
  });

  it("leaves the transfer of an encrypted volume, whose key Cinder would give away, to its owner", async () => {
    const donor = project();
    const plain = await offer(donor);
    const volume_id = await donor.inCinder.createVolume();
    // The service itself, here in the place of Cinder, transfers no encrypted volume.
    cloud.proxy.rewrite = (body) =>
      body.includes(volume_id) ? body.replace('"encrypted":false', '"encrypted":true') : body;
    const encrypted = (await donor.createTransfer(volume_id)).body.transfer;
    for (const { id, auth_key } of [encrypted, plain]) {
      const path = `volume-transfers/${id}/decline`;
      expect((await project().send("POST", path, { decline: { auth_key } })).status).toBe(202);
    }
    await untilFree(donor, plain.volume_id);
    expect(await statusInCinder(donor, volume_id)).toBe("awaiting-transfer");
    const admin = new Client(donor.url, { roles: "admin" });
    expect((await admin.get(`volume-transfers/${encrypted.id}`)).status).toBe(404);
    expect(await statusInCinder(donor, volume_id)).toBe("awaiting-transfer");
    expect((await donor.get(`volume-transfers/${encrypted.id}`)).status).toBe(404);
    expect(await statusInCinder(donor, volume_id)).toBe("available");
  });

  it.each(["request of POST accept", "response to POST accept"])(
    "settles an accept whose answer is lost: %s",
    async (lostAt) => {
      const [donor, acceptor] = [project(), project()];
      const transfer = await offer(donor);
      cloud.goesAwayAt(lostAt);
      expect((await acceptor.accept(transfer)).status).toBe(503);
      cloud.comesBack();
      if (lostAt.startsWith("response")) {
        await vi.waitFor(async () => {
          await sweep();
          expect(await endings(acceptor)).toEqual(["accepted"]);
        }, WAIT);
        expect(await statusInCinder(acceptor, transfer.volume_id)).toBe("available");
      } else {
        const other = project();
        await vi.waitFor(async () => {
          await sweep();
          expect((await other.accept(transfer)).status).toBe(202);
        }, WAIT);
      }
    },
  );

  it("deletes a transfer that Cinder has made for a request whose answer is lost", async () => {
    const donor = project();
    const volume_id = await donor.inCinder.createVolume();
    cloud.goesAwayAt("response to POST volume-transfers");
    expect((await donor.createTransfer(volume_id)).status).toBe(503);
    cloud.comesBack();
    expect(await statusInCinder(donor, volume_id)).toBe("awaiting-transfer");
    await untilFree(donor, volume_id);
    expect((await donor.createTransfer(volume_id)).status).toBe(202);
  });
});
