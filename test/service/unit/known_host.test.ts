import { env } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { ALICE, request } from "./service.ts";

const list = async (host: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const bindings = { ...env, ...variables };
  const { status } = await request(
    `http://${host}/v3/volumes`,
    { headers: { "X-Auth-Token": ALICE } },
    bindings,
  );
  return status;
};

describe("a service that does not check tokens", () => {
  it.each([
    "localhost:8776",
    "127.0.0.1:8776",
    "192.0.2.7",
    "[::1]:8776",
    "devbox:8776",
    "a.localhost",
    "volumes.internal",
  ])("answers to addresses and local names: %s", async (host) => expect(await list(host)).toBe(200));

  it.each(["evil.com", "evil.com:8776", "EVIL.com", "127.0.0.1.evil.com", "localhost.evil.com", "evil.com."])(
    "does not answer to names that another site can let point to it: %s",
    async (host) => {
      expect(await list(host)).toBe(403);
      for (const path of ["/", "/healthcheck", "/handoff", "/openapi.json"])
        expect((await request(`http://${host}${path}`)).status, path).toBe(403);
    },
  );

  it("answers to the hosts that its configuration names", async () => {
    expect(await list("volumes.cloud.com", { PUBLIC_ENDPOINT: "https://volumes.cloud.com" })).toBe(200);
    expect(await list("evil.com", { PUBLIC_ENDPOINT: "https://volumes.cloud.com" })).toBe(403);
    const regions = { REGIONS: "eu", DB_EU: env.DB, REGION_HOSTS: "eu.cloud.com=eu" };
    expect(await list("eu.cloud.com", regions)).toBe(200);
    expect(await list("eu.cloud.com:8776", regions)).toBe(200);
  });

  it("logs once that callers are not authenticated when it answers to a public name, and never to a local one", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const bindings = { ...env, PUBLIC_ENDPOINT: "https://volumes.cloud.com" };
    const warnings = async (host: string) => {
      await request(`http://${host}/healthcheck`, {}, bindings);
      return log.mock.calls.flat().filter((line) => String(line).includes("AUTH_STRATEGY=noauth")).length;
    };
    expect(await warnings("127.0.0.1:8776")).toBe(0);
    expect(await warnings("volumes.cloud.com")).toBe(1);
    expect(await warnings("volumes.cloud.com")).toBe(1);
    log.mockRestore();
  });
});

describe("a service that checks tokens", () => {
  it("answers to every name: whoever lets one point to it has no token", async () => {
    const variables = {
      AUTH_STRATEGY: "jwt",
      JWT_ISSUER: "https://issuer.example",
      JWT_AUDIENCE: "volume-transfers",
      JWKS_URL: "https://issuer.example/jwks",
      AUTH_KEY_SECRET: "a secret of at least thirty-two bytes",
    };
    expect(await list("evil.com", variables)).toBe(401);
  });
});
