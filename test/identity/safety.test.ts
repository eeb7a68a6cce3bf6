import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../support/client.ts";
import { type ServiceOnBoth, startOnBoth } from "../support/service.ts";

const ORIGIN = "https://horizon.example";

let running: ServiceOnBoth;
beforeAll(async () => {
  running = await startOnBoth({
    AUTH_STRATEGY: "noauth",
    CORS_ALLOWED_ORIGIN: ORIGIN,
    MAX_ACCEPT_ATTEMPTS: "3",
  });
}, 60_000);
afterAll(() => running.stop());

describe.each(["D1", "libSQL"] as const)("on the open internet, on %s", (database) => {
  const client = (user = "alice") => new Client(running[database].url, { user });
  /** The lines that the service has logged of an event since `from`. */
  const logged = async (event: string, from: number): Promise<Record<string, unknown>[]> => {
    await sleep(200);
    return running[database].lines
      .slice(from)
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line))
      .filter((line) => line.event === event);
  };

  describe("guessing a key", () => {
    it("is hopeless: after MAX_ACCEPT_ATTEMPTS wrong keys the right one gets the same answer, until the owner deletes the offer", async () => {
      const [donor, guesser] = [client(), client("mallory")];
      const volume = await donor.createVolume();
      const offer = (await donor.createTransfer(volume)).body.transfer;
      const guess = async (auth_key: string) => {
        const { status, body } = await guesser.accept({ ...offer, auth_key });
        return { status, body };
      };
      const wrong = await guess("0000000000000000");
      expect(wrong.status).toBe(400);
      await Promise.all([guess("1111111111111111"), guess("2222222222222222")]);
      expect(await guess(offer.auth_key)).toEqual(wrong);
      expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("awaiting-transfer");

      expect((await donor.delete(`volume-transfers/${offer.id}`)).status).toBe(202);
      const again = (await donor.createTransfer(volume)).body.transfer;
      expect((await guesser.accept(again)).status).toBe(202);
    });

    it("two wrong keys leave the right one right", async () => {
      const [donor, acceptor] = [client(), client("bob")];
      const offer = (await donor.createTransfer(await donor.createVolume())).body.transfer;
      for (const auth_key of ["0000000000000000", "x"]) await acceptor.accept({ ...offer, auth_key });
      expect((await acceptor.accept(offer)).status).toBe(202);
    });

    it("is visible: each wrong key is logged with transfer, project, user and request, and without the key", async () => {
      const [donor, guesser] = [client(), client("mallory")];
      const offer = (await donor.createTransfer(await donor.createVolume())).body.transfer;
      const from = running[database].lines.length;
      const { headers } = await guesser.accept({ ...offer, auth_key: "0123456789abcdeg" });
      expect(await logged("wrong auth_key", from)).toEqual([
        {
          event: "wrong auth_key",
          request_id: headers.get("x-openstack-request-id"),
          transfer_id: offer.id,
          project_id: guesser.project,
          user_id: "mallory",
        },
      ]);
      expect(running[database].lines.join("\n")).not.toContain("0123456789abcdeg");
    });
  });

  describe("the log", () => {
    it("has one line a request, with what operators ask for", async () => {
      const alice = client();
      const from = running[database].lines.length;
      const global_request_id = `req-${crypto.randomUUID()}`;
      const { headers } = await alice.send("GET", "volumes/detail?limit=3", undefined, {
        "X-OpenStack-Request-ID": global_request_id,
      });
      expect(await logged("request", from)).toEqual([
        {
          event: "request",
          request_id: headers.get("x-openstack-request-id"),
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

    it("has a line for a refusal too, of as much as is known", async () => {
      const from = running[database].lines.length;
      await fetch(`${running[database].url}/v3/volumes`, {
        headers: { "X-OpenStack-Request-ID": "forged\nline".replace("\n", " ") },
      });
      expect(await logged("request", from)).toMatchObject([{ method: "GET", status: 401 }]);
      expect(JSON.stringify(await logged("request", from))).not.toContain("forged");
    });

    it("never has a token, a key, a body or a query", async () => {
      const [donor, acceptor] = [client(), client("bob")];
      const offer = (await donor.createTransfer(await donor.createVolume(), { name: "a-secret-name" })).body
        .transfer;
      await donor.get("volume-transfers?name=a-secret-query");
      await acceptor.accept(offer);
      await sleep(200);
      const log = running[database].lines.filter((line) => line.startsWith("{")).join("\n");
      for (const secret of [offer.auth_key, "a-secret-name", "a-secret-query", `alice:${donor.project}`]) {
        expect(log).not.toContain(secret);
      }
    });
  });

  it("says loudly, at the start, that anybody is anybody", async () => {
    expect(running[database].lines.join("\n")).toContain(
      "AUTH_STRATEGY=noauth: anybody is whoever they say they are.",
    );
  });

  it("what carries a project's data is kept by no cache", async () => {
    const alice = client();
    for (const path of ["volumes", "volume-transfers", "limits"]) {
      expect((await alice.get(path)).headers.get("Cache-Control")).toBe("no-store");
    }
  });

  describe("CORS", () => {
    it("lets pages of the configured origin in, and no others", async () => {
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
      const answer = await client().send("GET", "volumes", undefined, { Origin: ORIGIN });
      expect(answer.headers.get("Access-Control-Allow-Origin")).toBe(ORIGIN);
    });
  });
});
