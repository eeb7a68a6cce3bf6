import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Client, type ServiceResponse } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";

const ORIGIN = "https://horizon.example";
/** A limit that only a service in error reaches: log lines arrive after the response. */
const WAIT = { timeout: 30_000, interval: 20 };

let running: ServiceOnBoth;
beforeAll(async () => {
  running = await startOnBoth({
    AUTH_STRATEGY: "noauth",
    CORS_ALLOWED_ORIGIN: ORIGIN,
    MAX_ACCEPT_ATTEMPTS: "3",
  });
});
afterAll(() => running?.stop());

describe.each(DATABASES)("on %s", (database) => {
  const client = (user = "alice") => new Client(running[database].url, { user });
  const logText = () => running[database].lines.join("\n");
  const requestIdOf = ({ headers }: Pick<ServiceResponse, "headers">) =>
    headers.get("x-openstack-request-id");

  /** Waits for the lines that the service logs of an event in a request. */
  const logged = (event: string, { headers }: Pick<ServiceResponse, "headers">) =>
    vi.waitFor(() => {
      const lines = running[database].lines
        .filter((line) => line.startsWith("{"))
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter((line) => line.event === event && line.request_id === requestIdOf({ headers }));
      expect(lines).not.toEqual([]);
      return lines;
    }, WAIT);

  describe("a transfer", () => {
    it("rejects every key after MAX_ACCEPT_ATTEMPTS failed attempts, until its owner deletes it", async () => {
      const [donor, guesser] = [client(), client("mallory")];
      const volume = await donor.createVolume();
      const { transfer } = (await donor.createTransfer(volume)).body;
      const guess = async (auth_key: string) => {
        const { status, body } = await guesser.accept({ ...transfer, auth_key });
        return { status, body };
      };
      const wrong = await guess("0000000000000000");
      expect(wrong.status).toBe(400);
      await Promise.all([guess("1111111111111111"), guess("2222222222222222")]);
      expect(await guess(transfer.auth_key)).toEqual(wrong);
      expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("awaiting-transfer");

      expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
      const next = (await donor.createTransfer(volume)).body.transfer;
      expect((await guesser.accept(next)).status).toBe(202);
    });

    it("accepts the right key after fewer failed attempts", async () => {
      const [donor, acceptor] = [client(), client("bob")];
      const transfer = await donor.createVolumeAndTransfer();
      for (const auth_key of ["0000000000000000", "x"]) await acceptor.accept({ ...transfer, auth_key });
      expect((await acceptor.accept(transfer)).status).toBe(202);
    });
  });

  describe("the log", () => {
    it("has a line for each failed attempt, with transfer, project, user and request, but not the key", async () => {
      const [donor, guesser] = [client(), client("mallory")];
      const transfer = await donor.createVolumeAndTransfer();
      const response = await guesser.accept({ ...transfer, auth_key: "0123456789abcdeg" });
      expect(await logged("wrong auth_key", response)).toEqual([
        {
          event: "wrong auth_key",
          request_id: requestIdOf(response),
          transfer_id: transfer.id,
          project_id: guesser.project,
          user_id: "mallory",
          failed_attempts: 1,
        },
      ]);
      await logged("request", response);
      expect(logText()).not.toContain("0123456789abcdeg");
    });

    it("has one line for each request, with ids, route, status, durations, project, user and microversion", async () => {
      const alice = client();
      const global_request_id = `req-${crypto.randomUUID()}`;
      const response = await alice.send("GET", "volumes/detail?limit=3", undefined, {
        "X-OpenStack-Request-ID": global_request_id,
      });
      expect(await logged("request", response)).toEqual([
        {
          event: "request",
          request_id: requestIdOf(response),
          global_request_id,
          method: "GET",
          route: "/v3/:project_id/volumes/detail",
          status: 200,
          duration_ms: expect.any(Number),
          database_ms: expect.any(Number),
          project_id: alice.project,
          user_id: "alice",
          microversion: "3.70",
        },
      ]);
    });

    it("has a line for a request that is rejected, without a request id that is malformed", async () => {
      const headers = { "X-OpenStack-Request-ID": "forged line" };
      const response = await fetch(`${running[database].url}/v3/volumes`, { headers });
      expect(await logged("request", response)).toMatchObject([{ method: "GET", status: 401 }]);
      expect(logText()).not.toContain("forged");
    });

    it("never has a token, a key, a body or a query", async () => {
      const [donor, acceptor] = [client(), client("bob")];
      const transfer = await donor.createVolumeAndTransfer({ name: "a-secret-name" });
      await donor.get("volume-transfers?name=a-secret-query");
      await logged("request", await acceptor.accept(transfer));
      const secrets = [transfer.auth_key, "a-secret-name", "a-secret-query", donor.token, acceptor.token];
      for (const secret of secrets) expect(logText()).not.toContain(secret);
    });
  });

  it("sends Cache-Control: no-store with the data of a project", async () => {
    const alice = client();
    for (const path of ["volumes", "volume-transfers", "limits"]) {
      expect((await alice.get(path)).headers.get("Cache-Control")).toBe("no-store");
    }
  });

  it("allows pages of CORS_ALLOWED_ORIGIN, and of no other origin", async () => {
    const preflight = (origin: string) =>
      fetch(`${running[database].url}/v3/p/volumes`, {
        method: "OPTIONS",
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": "GET",
          "Access-Control-Request-Headers": "X-Auth-Token",
        },
      });
    const allowed = await preflight(ORIGIN);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe(ORIGIN);
    expect(allowed.headers.get("Access-Control-Allow-Headers")).toContain("X-Auth-Token");
    expect((await preflight("https://evil.example")).headers.get("Access-Control-Allow-Origin")).toBeNull();
    const { headers } = await client().send("GET", "volumes", undefined, { Origin: ORIGIN });
    expect(headers.get("Access-Control-Allow-Origin")).toBe(ORIGIN);
  });
});
