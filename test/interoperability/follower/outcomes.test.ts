import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { FollowedService } from "./deployment.ts";
import { SECRET } from "./follower.ts";

/** A limit that only a follower in error reaches. */
const WAIT = { timeout: 120_000, interval: 200 };

let running: FollowedService;
let from: string;
let to: string;
const startFollowed = async (mode: "feed" | "webhooks") => {
  running = await FollowedService.start(inject("cinderUrl"), mode);
  [from, to] = [await running.createProject(), await running.createProject()];
};
afterEach(() => running?.stop());

/** Creates a volume that both have. */
async function createVolume(snapshots = 0): Promise<string> {
  const id = await running.createVolume(from, snapshots);
  await running.import();
  return id;
}
const output = () => running.follower.output;
const untilPrinted = (text: string) => vi.waitFor(() => expect(output()).toContain(text), WAIT);
const ownersInCinder = (volume: string) => running.owners(running.cinder(), [volume]);
const ownerInCinder = async (volume: string) => (await ownersInCinder(volume))[`volumes ${volume}`];

describe.each(["feed", "webhooks"] as const)("examples/cinder --%s", (mode) => {
  beforeEach(() => startFollowed(mode));

  it("leaves a volume that Cinder does not have, and goes on", async () => {
    const known = await createVolume();
    await running.follower.start();
    const unknown = await running.service(from).create("volumes", { volume: { size: 1 } });
    await running.handOver(unknown, from, to);
    await running.handOver(known, from, to);
    await running.untilApplied();
    expect(output()).toContain(`volume ${unknown} is not in Cinder`);
    expect(await ownerInCinder(known)).toBe(to);
  });

  it("waits while Cinder is away", async () => {
    const volume = await createVolume();
    running.proxy.away = true;
    await running.follower.start();
    await running.handOver(volume, from, to);
    await untilPrinted("fetch failed");
    running.proxy.away = false;
    await running.untilApplied();
    expect(await ownerInCinder(volume)).toBe(to);
  });

  it("replaces a transfer that a killed run has left behind in Cinder", async () => {
    const volume = await createVolume();
    await running.handOver(volume, from, to);
    await running.offerInCinder(volume, from, "volume-transfers follower");
    await running.follower.start();
    await running.untilApplied();
    expect(output()).toContain(`volume ${volume} had a transfer of a run that was interrupted`);
    expect(await ownerInCinder(volume)).toBe(to);
  });

  it("waits for a transfer of somebody else in Cinder, and moves other volumes meanwhile", async () => {
    const [offered, free] = [await createVolume(), await createVolume()];
    const transfer = await running.offerInCinder(offered, from, "a gift");
    await running.follower.start();
    await running.handOver(offered, from, to);
    await running.handOver(free, from, to);
    await untilPrinted(`volume ${offered} is awaiting-transfer in Cinder`);
    await vi.waitFor(async () => expect(await ownerInCinder(free)).toBe(to), WAIT);
    await running.cinder(from).send("DELETE", `volume-transfers/${transfer}`);
    await running.untilApplied();
    expect(await ownerInCinder(offered)).toBe(to);
  });

  it("waits while Cinder's quota has no room, and leaves no transfer there meanwhile", async () => {
    const volume = await createVolume();
    await running.setQuota(to, 0);
    await running.follower.start();
    await running.handOver(volume, from, to);
    await untilPrinted("VolumeLimitExceeded");
    await running.cinder().until(`volumes/${volume}`, "available");
    await running.setQuota(to, -1);
    await running.untilApplied();
    expect(await ownerInCinder(volume)).toBe(to);
  });

  it("takes no snapshot from a project that has kept it", async () => {
    const volume = await createVolume(1);
    await running.follower.start();
    await running.handOver(volume, from, to, true);
    await running.untilApplied();
    await running.createSnapshot(volume, to);
    await running.import();
    const last = await running.createProject();
    await running.handOver(volume, to, last);
    await running.untilApplied();
    expect(output()).toContain("Its snapshots stay: some belong to other projects");
    expect(Object.values(await ownersInCinder(volume)).sort()).toEqual([from, to, last].sort());
    expect(await ownerInCinder(volume)).toBe(last);
  });
});

describe("examples/cinder --webhooks", () => {
  beforeEach(() => startFollowed("webhooks"));

  /** Posts an event to the follower, and returns the status. */
  async function post(event: { readonly id: string }, secret = SECRET): Promise<number> {
    const [body, time] = [JSON.stringify(event), new Date()];
    const response = await fetch(running.follower.url, {
      method: "POST",
      headers: {
        "webhook-id": event.id,
        "webhook-timestamp": String(Math.floor(time.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign(event.id, time, body),
      },
      body,
    });
    return response.status;
  }

  it("ignores an event that is repeated, after it and after later events of the volume", async () => {
    const volume = await createVolume();
    await running.follower.start();
    await running.handOver(volume, from, to);
    await running.handOver(volume, to, from);
    await running.untilApplied();
    const events = await running.handovers();
    expect(events).toHaveLength(2);
    for (const event of events) expect(await post(event)).toBe(204);
    expect(output()).toContain(`event ${events[0]?.id}: ignored`);
    expect(output()).toContain(`event ${events[1]?.id}: ignored`);
    expect(await ownerInCinder(volume)).toBe(from);
  });

  it("refuses an event with a wrong signature", async () => {
    const volume = await createVolume();
    await running.handOver(volume, from, to);
    await running.follower.start();
    const [event] = await running.handovers();
    if (event === undefined) expect.unreachable();
    expect(await post(event, `whsec_${btoa("y".repeat(32))}`)).toBe(400);
    expect(await ownerInCinder(volume)).toBe(from);
    expect(await post(event)).toBe(204);
    expect(await ownerInCinder(volume)).toBe(to);
  });
});
