import { expect, vi } from "vitest";
import type { ServiceResponse } from "../../support/client.ts";

/** Repeats a request until the response has the status. It fails after half a minute. */
export async function untilStatus(status: number, send: () => Promise<ServiceResponse>): Promise<void> {
  const limit = { timeout: 30_000, interval: 50 };
  await vi.waitFor(async () => expect((await send()).status).toBe(status), limit);
}
