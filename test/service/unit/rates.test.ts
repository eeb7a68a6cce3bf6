import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { request } from "./service.ts";

/** Sends requests of an admin of a new project to a service with these variables. */
function clientOf(variables: Record<string, string>) {
  const token = `root:${crypto.randomUUID()}:admin`;
  const bindings = { ...env, QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1", ...variables };
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await request(
      `/v3/${path}`,
      {
        method,
        headers: {
          "X-Auth-Token": token,
          "Content-Type": "application/json",
          "OpenStack-API-Version": "volume 3.57",
        },
        body: body === undefined ? null : JSON.stringify(body),
      },
      bindings,
    );
    const text = await response.text();
    const { volume, transfer } = text === "" ? {} : JSON.parse(text);
    return { status: response.status, retryAfter: response.headers.get("Retry-After"), volume, transfer };
  };
  const createVolume = () => send("POST", "volumes", { volume: { size: 1 } });
  return { send, createVolume };
}

/** Runs a request five times: a minute can end between two of them, but not twice, so at least one is above two. */
async function statusesOf(act: () => Promise<{ readonly status: number }>): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await act()).status);
  return statuses;
}

describe("VOLUMES_PER_MINUTE", () => {
  it("limits the volumes that a project creates and deletes in a loop, within any quota", async () => {
    const { send, createVolume } = clientOf({ VOLUMES_PER_MINUTE: "2", QUOTA_VOLUMES: "1" });
    const statuses = await statusesOf(async () => {
      const created = await createVolume();
      if (created.status === 429) expect(created.retryAfter).toBe("60");
      // Deletes have no limit.
      else expect((await send("DELETE", `volumes/${created.volume.id}`)).status).toBe(202);
      return created;
    });
    expect(statuses.slice(0, 2)).toEqual([202, 202]);
    expect(statuses).toContain(429);
  });

  it("limits the volumes that a project takes under management and releases in a loop", async () => {
    const { send } = clientOf({ VOLUMES_PER_MINUTE: "2" });
    const ref = { "source-name": crypto.randomUUID(), size: 1 };
    const statuses = await statusesOf(async () => {
      const managed = await send("POST", "manageable_volumes", { volume: { host: "a@b#c", ref } });
      if (managed.status === 202)
        await send("POST", `volumes/${managed.volume.id}/action`, { "os-unmanage": {} });
      return managed;
    });
    expect(statuses.slice(0, 2)).toEqual([202, 202]);
    expect(statuses).toContain(429);
  });

  it("does not limit another project, nor a request that the quota refuses", async () => {
    const limited = { VOLUMES_PER_MINUTE: "1", QUOTA_VOLUMES: "1" };
    const client = clientOf(limited);
    expect((await client.createVolume()).status).toBe(202);
    expect((await client.createVolume()).status).toBe(413);
    expect((await clientOf(limited).createVolume()).status).toBe(202);
  });

  it("does not limit if it is 0", async () => {
    const { createVolume } = clientOf({ VOLUMES_PER_MINUTE: "0" });
    expect(await statusesOf(createVolume)).toEqual([202, 202, 202, 202, 202]);
  });
});

describe("TRANSFERS_PER_MINUTE", () => {
  it("counts the new keys that a project makes for its transfers", async () => {
    const { send, createVolume } = clientOf({ TRANSFERS_PER_MINUTE: "3" });
    const { volume } = await createVolume();
    const { transfer } = await send("POST", "volume-transfers", { transfer: { volume_id: volume.id } });
    const statuses = await statusesOf(() => send("POST", `volume-transfers/${transfer.id}/rekey`));
    expect(statuses.slice(0, 2)).toEqual([202, 202]);
    expect(statuses).toContain(429);
    expect((await send("DELETE", `volume-transfers/${transfer.id}`)).status).toBe(202);
  });
});
