import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ALICE, createVolume, request } from "./service.ts";

describe("TRANSFER_TTL_SECONDS", () => {
  /** Creates a transfer, and returns its details and its lifetime in milliseconds. */
  async function createTransfer(TRANSFER_TTL_SECONDS: string, more: object = {}) {
    const response = await request(
      "/v3/volume-transfers",
      {
        method: "POST",
        headers: { "X-Auth-Token": ALICE, "Content-Type": "application/json" },
        body: JSON.stringify({ transfer: { volume_id: await createVolume(), ...more } }),
      },
      { ...env, TRANSFER_TTL_SECONDS },
    );
    const { transfer } = await response.json<{ transfer: { id: string; expires_at?: string } }>();
    const lifetime = await env.DB.prepare("select expires_at - created_at as ms from transfers where id = ?")
      .bind(transfer.id)
      .first<number | null>("ms");
    return { transfer, lifetime };
  }

  it("makes a transfer expire that long after its creation, without expires_at in its details", async () => {
    const { transfer, lifetime } = await createTransfer("60");
    expect(lifetime).toBe(60_000);
    expect(transfer).not.toHaveProperty("expires_at");
  });

  it("0 makes no transfer expire", async () => {
    expect((await createTransfer("0")).lifetime).toBeNull();
  });

  it("limits the expires_at of a request, and the response has the effective time", async () => {
    const { transfer, lifetime } = await createTransfer("60", { expires_at: "2099-01-01T00:00:00Z" });
    expect(lifetime).toBe(60_000);
    expect(Date.parse(`${transfer.expires_at}Z`)).toBeLessThan(Date.now() + 120_000);
  });

  it("allows an earlier expires_at", async () => {
    const expires_at = new Date(Date.now() + 50_000).toISOString();
    const { transfer, lifetime } = await createTransfer("60", { expires_at });
    expect(lifetime).toBeLessThanOrEqual(50_000);
    expect(transfer.expires_at).toBe(expires_at.replace("Z", "000"));
  });
});
