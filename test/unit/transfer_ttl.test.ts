import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ALICE, makeVolume, request } from "./service.ts";

describe("TRANSFER_TTL_SECONDS", () => {
  /** Offers a new volume, and tells what was answered, and after how many milliseconds the offer ends. */
  async function offer(TRANSFER_TTL_SECONDS: string, more: object = {}) {
    const response = await request(
      "/v3/volume-transfers",
      {
        method: "POST",
        headers: { "X-Auth-Token": ALICE, "Content-Type": "application/json" },
        body: JSON.stringify({ transfer: { volume_id: await makeVolume(), ...more } }),
      },
      { ...env, TRANSFER_TTL_SECONDS },
    );
    const { transfer } = await response.json<{ transfer: { id: string; expires_at?: string } }>();
    const after = await env.DB.prepare("select expires_at - created_at as ms from transfers where id = ?")
      .bind(transfer.id)
      .first<number | null>("ms");
    return { transfer, after };
  }

  it("ends offers so long after they were made, and clients that know nothing of it see nothing of it", async () => {
    const { transfer, after } = await offer("60");
    expect(after).toBe(60_000);
    expect(transfer).not.toHaveProperty("expires_at");
  });

  it("0 ends none", async () => {
    expect((await offer("0")).after).toBeNull();
  });

  it("is the longest that an offer can ask for, and the answer tells when it ends", async () => {
    const { transfer, after } = await offer("60", { expires_at: "2099-01-01T00:00:00Z" });
    expect(after).toBe(60_000);
    expect(Date.parse(`${transfer.expires_at}Z`)).toBeLessThan(Date.now() + 120_000);
  });

  it("lets an offer end before", async () => {
    const expires_at = new Date(Date.now() + 5000).toISOString();
    const { transfer, after } = await offer("60", { expires_at });
    expect(after).toBeLessThan(6000);
    expect(transfer.expires_at).toBe(expires_at.replace("Z", "000"));
  });
});
