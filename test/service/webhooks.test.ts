import { describe, expect, it, vi } from "vitest";
import { Client, type Transfer } from "../support/client.ts";
import { readAll, readFeed } from "../support/feed.ts";
import type { Receiver } from "../support/webhook_receiver.ts";
import { DATABASES, delivered, OLD_SECRET, receiver, variablesFor, WAIT } from "./webhook_setup.ts";

describe.each(DATABASES)("webhooks, on %s", (_database, start) => {
  it("are sent after each change, signed under both secrets, and equal to the feed of an admin", async () => {
    const [hook, old] = [await receiver(), await receiver(OLD_SECRET)];
    const { url } = await start(variablesFor(hook, old));
    const [donor, acceptor] = [new Client(url), new Client(url)];
    await acceptor.accept(await donor.createVolumeAndTransfer());
    await vi.waitFor(() => expect([delivered(hook), delivered(old)].flat()).toHaveLength(6), WAIT);
    const feed = await readAll(url);
    expect(delivered(hook)).toEqual(feed);
    expect(delivered(old)).toEqual(feed);
    expect([hook.invalid, old.invalid]).toEqual([[], []]);
    expect(hook.received[0]?.headers).toMatchObject({
      "content-type": "application/cloudevents+json; charset=utf-8",
      "webhook-id": hook.received[0]?.event.id,
    });
  });

  it("are not sent for a refused request", async () => {
    const hook = await receiver();
    const { url, runCron } = await start(variablesFor(hook));
    const [donor, other] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer();
    await other.accept({ ...transfer, auth_key: "0000000000000000" });
    await other.delete(`volume-transfers/${transfer.id}`);
    await runCron();
    await vi.waitFor(async () => expect(delivered(hook)).toEqual(await readAll(url)), WAIT);
    expect(delivered(hook)).toHaveLength((await readFeed(donor)).length);
  });

  it("are sent again after a failure, in order for each volume, while other volumes' events go on", async () => {
    const hook = await receiver();
    const { url, runCron } = await start(variablesFor(hook));
    const donor = new Client(url);
    const [stuck, free] = [await donor.createVolume(), await donor.createVolume()];
    await vi.waitFor(() => expect(delivered(hook)).toHaveLength(2), WAIT);
    hook.answer = ({ subject }) => (subject === stuck ? 500 : 204);
    await donor.createTransfer(stuck);
    await donor.delete(`volume-transfers/${(await transfersOf(donor))[0]?.id}`);
    await donor.createTransfer(free);
    await vi.waitFor(() => expect(delivered(hook)).toHaveLength(3), WAIT);
    hook.answer = () => 204;
    await vi.waitFor(async () => {
      await runCron();
      expect(delivered(hook)).toHaveLength(5);
    }, WAIT);
    expect(typesOf(hook, stuck)).toEqual([
      "org.openstack.volume.created",
      "org.openstack.volume_transfer.created",
      "org.openstack.volume_transfer.deleted",
    ]);
    const attempts = hook.received.filter(({ event }) => event.type.endsWith("deleted"));
    expect(attempts.map(({ status }) => status)).toEqual([204]);
  });

  it("hold up neither requests nor other endpoints if an endpoint hangs", async () => {
    const [hanging, hook] = [await receiver(), await receiver()];
    hanging.answer = () => "hang";
    const { url } = await start({ ...variablesFor(hanging, hook), WEBHOOK_TIMEOUT_MS: "10000" });
    const donor = new Client(url);
    const begin = performance.now();
    for (let i = 0; i < 5; i++) await donor.createVolume();
    await vi.waitFor(() => expect(delivered(hook)).toHaveLength(5), WAIT);
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(delivered(hanging)).toEqual([]);
  });

  it("follow no redirect", async () => {
    const hook = await receiver();
    hook.answer = () => 307;
    const { url, lines } = await start(variablesFor(hook));
    await new Client(url).createVolume();
    await vi.waitFor(() => expect(lines.join("\n")).toContain('"error":"status 307"'), WAIT);
    expect(hook.received).toHaveLength(1);
    expect(hook.invalid).toEqual([]);
    const [failure] = lines.filter((line) => line.includes("status 307"));
    expect(JSON.parse(failure ?? "")).toMatchObject({
      event: "event delivery failed",
      event_id: hook.received[0]?.event.id,
    });
    expect(lines.join("\n")).not.toContain("hidden");
  });

  it("stop after a 410", async () => {
    const hook = await receiver();
    hook.answer = () => 410;
    const { url, lines, runCron } = await start(variablesFor(hook));
    const donor = new Client(url);
    await donor.createVolume();
    await vi.waitFor(() => expect(lines.join("\n")).toContain("event endpoint stopped"), WAIT);
    const { length } = hook.received;
    hook.answer = () => 204;
    await donor.createVolume();
    await runCron();
    expect(hook.received).toHaveLength(length);
  });
});

const transfersOf = async (client: Client): Promise<Transfer[]> =>
  (await client.get("volume-transfers")).body.transfers;

const typesOf = (hook: Receiver, volume: string): string[] =>
  delivered(hook)
    .filter(({ subject }) => subject === volume)
    .map(({ type }) => type);
