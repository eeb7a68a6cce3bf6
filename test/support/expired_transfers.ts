import { expect, vi } from "vitest";
import type { Client, Transfer } from "./client.ts";

/** A limit that only a service in error reaches. */
const WAIT = { timeout: 30_000, interval: 50 };

/** Returns a time in the future, as requests have it. */
export const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** The shortest time from a request to the expiry of the transfer that it creates. */
const SHORTEST_LIFETIME_MS = 500;

/** Creates a transfer that is about to expire. On a slow machine it takes several attempts, each with more time. */
async function createExpiringTransfer(donor: Client, volume: string, properties: object): Promise<Transfer> {
  for (let lifetime = SHORTEST_LIFETIME_MS; lifetime < 60_000; lifetime *= 2) {
    const { status, body } = await donor.createTransfer(volume, {
      ...properties,
      expires_at: inMs(lifetime),
    });
    if (status === 202) return body.transfer;
    // The request has arrived after `expires_at`.
    expect(body.badRequest?.message).toContain("expires_at must be in the future");
  }
  throw new Error("no request arrives within a minute");
}

/** Creates transfers of new volumes, and waits until all have expired. */
export async function createExpiredTransfers(
  donor: Client,
  count: number,
  properties: object = {},
): Promise<Transfer[]> {
  const volumes = await Promise.all(Array.from({ length: count }, () => donor.createVolume()));
  const transfers = await Promise.all(
    volumes.map((volume) => createExpiringTransfer(donor, volume, properties)),
  );
  const created = transfers.map(({ id }) => id);
  await vi.waitFor(async () => {
    const open = (await donor.get("volume-transfers")).body.transfers.map(({ id }) => id);
    expect(created.filter((id) => open.includes(id))).toEqual([]);
  }, WAIT);
  return transfers;
}

/** Creates a transfer of a new volume, and waits until it has expired. */
export async function createExpiredTransfer(donor: Client, properties: object = {}): Promise<Transfer> {
  const [transfer] = await createExpiredTransfers(donor, 1, properties);
  if (transfer === undefined) throw new Error("no transfer");
  return transfer;
}
