import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Client } from "../../support/client.ts";
import type { UserName } from "../keystone/keystone.ts";
import { type FacadeCloud, startFacadeCloud } from "./cloud.ts";

const TYPE = "encrypted";
/** The time in which a sweep has begun and ended, milliseconds. */
const SWEEP_MS = 70_000;

let cloud: FacadeCloud;
beforeAll(async () => {
  cloud = await startFacadeCloud({ hasBarbican: true });
  const admin = await cloud.client("admin");
  const { status, body } = await admin.send("POST", "types", { volume_type: { name: TYPE } });
  expect(status, JSON.stringify(body)).toBe(200);
  const encryption = {
    provider: "luks",
    cipher: "aes-xts-plain64",
    key_size: 256,
    control_location: "front-end",
  };
  const made = await admin.send("POST", `types/${created.parse(body).volume_type.id}/encryption`, {
    encryption,
  });
  expect(made.status, JSON.stringify(made.body)).toBe(200);
});
afterAll(() => cloud?.stop());

const created = z.object({ volume_type: z.object({ id: z.string() }) });
const encrypted = z.object({ encryption_key_id: z.string() });

/** Returns the status with which Barbican answers a user who asks for the key of a volume. */
async function statusOfKey(owner: Client, volume: string, user: UserName): Promise<number> {
  const { body } = await owner.get(`volumes/${volume}/encryption`);
  const { encryption_key_id } = encrypted.parse(body);
  const { token } = await cloud.client(user);
  const { status } = await fetch(`${cloud.barbicanUrl}/v1/secrets/${encryption_key_id}/payload`, {
    headers: { "X-Auth-Token": token, Accept: "application/octet-stream" },
  });
  return status;
}

async function offer() {
  const alice = await cloud.client("alice");
  const bob = await cloud.client("bob");
  const volume = await cloud.createVolume("alice", { name: "secret", volume_type: TYPE });
  expect(await statusOfKey(alice, volume, "alice")).toBe(200);
  const { status, body } = await alice.createTransfer(volume, {
    destination_project_id: cloud.keystone.projects.beta,
  });
  expect(status, JSON.stringify(body)).toBe(202);
  return { alice, bob, volume, transfer: body.transfer };
}

describe("an encrypted volume, in front of a Cinder with a Barbican", () => {
  it("goes to the project that accepts it, with its key", async () => {
    const { bob, volume, transfer } = await offer();
    expect((await bob.accept(transfer)).status).toBe(202);
    expect(await statusOfKey(bob, volume, "bob")).toBe(200);
    expect(await statusOfKey(bob, volume, "alice")).toBe(403);
  });

  it("stays with its owner, who deletes its transfer, with its key", async () => {
    const { alice, volume, transfer } = await offer();
    expect((await alice.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
    expect(await statusOfKey(alice, volume, "alice")).toBe(200);
    expect((await alice.createTransfer(volume)).status).toBe(202);
  });

  it("is left to its owner after it was declined: the sweep would give the key to the admin", async () => {
    const { alice, bob, volume, transfer } = await offer();
    const decline = { decline: { auth_key: transfer.auth_key } };
    expect((await bob.send("POST", `volume-transfers/${transfer.id}/decline`, decline)).status).toBe(202);
    await sleep(SWEEP_MS);
    expect((await alice.get(`volumes/${volume}`)).body.volume.status).toBe("awaiting-transfer");
    await alice.get("volume-transfers");
    await expect
      .poll(async () => (await alice.get(`volumes/${volume}`)).body.volume.status, { timeout: 60_000 })
      .toBe("available");
    expect(await statusOfKey(alice, volume, "alice")).toBe(200);
  });

  it("is not offered before 3.70, as in Cinder", async () => {
    const alice = await cloud.client("alice");
    const volume = await cloud.createVolume("alice", { volume_type: TYPE });
    const { status, body } = await alice.send(
      "POST",
      "volume-transfers",
      { transfer: { volume_id: volume } },
      { "OpenStack-API-Version": "volume 3.69" },
    );
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("encrypted");
  });
});
