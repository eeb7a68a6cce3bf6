import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BOB, createVolume, post } from "./service.ts";

describe("a create that is repeated around midnight, with its Idempotency-Key", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const MIDNIGHT = Date.parse("2027-03-24T00:00:00Z");

  /** Creates a transfer on an instance with a clock, lets Bob accept it, and repeats the create on another instance. */
  async function repeat(firstMs: number, secondMs: number): Promise<number> {
    const volume_id = await createVolume();
    const create = async (clockMs: number) => {
      vi.setSystemTime(MIDNIGHT + clockMs);
      return post("/v3/volume-transfers", { transfer: { volume_id } }, undefined, { "Idempotency-Key": "k" });
    };
    const { transfer } = await (await create(firstMs)).json<{ transfer: { id: string; auth_key: string } }>();
    const accepted = await post(
      `/v3/volume-transfers/${transfer.id}/accept`,
      { accept: { auth_key: transfer.auth_key } },
      BOB,
    );
    expect(accepted.status).toBe(202);
    // Bob gives the volume back, so that Alice could offer it again.
    const back = await post("/v3/volume-transfers", { transfer: { volume_id } }, BOB);
    const { transfer: given } = await back.json<{ transfer: { id: string; auth_key: string } }>();
    await post(`/v3/volume-transfers/${given.id}/accept`, { accept: { auth_key: given.auth_key } });
    return (await create(secondMs)).status;
  }

  it.each([
    ["after midnight", -1000, 1000],
    ["nearly a day later", 1000, 23 * 3_600_000 - 1000],
    ["on an instance whose clock is behind midnight", 1000, -1000],
  ])("creates no second transfer %s", async (_when, firstMs, secondMs) => {
    expect(await repeat(firstMs, secondMs)).toBe(400);
  });
});
