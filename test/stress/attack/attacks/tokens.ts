import { setTimeout as sleep } from "node:timers/promises";
import { startHttpServer } from "../../../support/http_server.ts";
import { exchange, head, statusOf } from "../sockets.ts";
import { type Attack, assert } from "../target.ts";

export const tokens: readonly Attack[] = [
  {
    name: "300 unknown tokens while Keystone hangs",
    before: "remembered tokens refused",
    identity: "keystone",
    async run({ url, keystone }) {
      assert(keystone !== undefined, "there is no Keystone");
      keystone.behave("hang");
      const controller = new AbortController();
      const statuses: number[] = [];
      const junk = Array.from({ length: 300 }, async (_, i) => {
        const headers = { "X-Auth-Token": `junk-${i}` };
        const response = await fetch(`${url}/v3/volumes`, { headers, signal: controller.signal }).catch(
          () => undefined,
        );
        if (response !== undefined) statuses.push(response.status);
      });
      await sleep(4000);
      controller.abort();
      await Promise.all(junk);
      keystone.behave("respond");
      return `${statuses.filter((status) => status === 503).length} refused at once with 503`;
    },
  },
  {
    name: "tokens of 9,000 characters, of blanks, of other alphabets",
    before: "sent to Keystone",
    identity: "keystone",
    async run({ port, keystone }) {
      assert(keystone !== undefined, "there is no Keystone");
      const before = keystone.requests;
      const statuses: number[] = [];
      for (const token of ["x".repeat(9000), "a b", "\u00e9\u00ff", "a\tb", "\u0001", ""]) {
        const request = head("GET", "/v3/volumes", { "X-Auth-Token": token, Connection: "close" });
        statuses.push(statusOf(await exchange(port, request, 1000)));
      }
      assert(
        statuses.every((status) => status === 401 || status === 400),
        `statuses ${statuses}`,
      );
      const sent = keystone.requests - before;
      // The innocent client's token may be validated anew.
      assert(sent <= 1, `${sent} requests to Keystone`);
      return `401 or 400, none sent to Keystone`;
    },
  },
  {
    name: "a Keystone that redirects",
    before: "the other origin got the token",
    identity: "keystone",
    async run({ startCopy }) {
      let stolen = 0;
      const thief = await startHttpServer((_, response) => {
        stolen++;
        response.end("{}");
      });
      const redirecting = await startHttpServer((_, response) => {
        response.writeHead(307, { Location: `${thief.url}/v3/auth/tokens` }).end();
      });
      try {
        const { url } = await startCopy({ KEYSTONE_URL: redirecting.url });
        const { status } = await fetch(`${url}/v3/volumes`, { headers: { "X-Auth-Token": "a-token" } });
        assert(stolen === 0, "the other origin got the token");
        return `${status}, and the token stays`;
      } finally {
        await redirecting.stop();
        await thief.stop();
      }
    },
  },
  {
    name: "1,100 sign-ins without an account, while Keystone takes 4 s for each password",
    before: "all admitted requests taken, 1,024 passwords sent to Keystone at once",
    identity: "keystone",
    async run({ url, keystone }) {
      assert(keystone !== undefined, "there is no Keystone");
      keystone.passwordMs = 4000;
      const form = JSON.stringify({ user: "eve", domain: "Default", password: "wrong" });
      const headers = {
        "Content-Type": "application/json",
        "X-Handoff": "1",
        "Sec-Fetch-Site": "same-origin",
      };
      const statuses = await Promise.all(
        Array.from({ length: 1100 }, async () => {
          const response = await fetch(`${url}/handoff/session`, { method: "POST", headers, body: form });
          await response.text();
          return response.status;
        }),
      );
      assert(keystone.peak <= 34, `${keystone.peak} passwords at once`);
      return `${keystone.peak} at Keystone at once, ${statuses.filter((status) => status === 503).length} × 503`;
    },
  },
  {
    name: "400 sign-ins by OpenID Connect while its discovery hangs",
    before: "a discovery for each, and all admitted requests taken",
    identity: "jwt",
    async run({ url, unanswered }) {
      const responses = await Promise.all(
        Array.from({ length: 400 }, () => fetch(`${url}/handoff/sign-in`, { redirect: "manual" })),
      );
      for (const response of responses) await response.text();
      assert(unanswered() <= 2, `${unanswered()} requests for the discovery`);
      return `${unanswered()} requests for the discovery`;
    },
  },
  {
    name: "200 junk tokens of unknown keys, while the JWKS hangs",
    before: "200 fetches; a valid caller waits for 6.4 s",
    identity: "jwt",
    async run({ url, issuer }) {
      assert(issuer !== undefined, "there is no issuer");
      const tokens = await Promise.all(
        Array.from({ length: 10 }, (_, i) => issuer.token({ project_id: "p" }, `unknown-${i}`)),
      );
      const before = issuer.requests;
      issuer.behave("hang");
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const headers = { "X-Auth-Token": tokens[i % tokens.length] ?? "" };
          const response = await fetch(`${url}/v3/volumes`, { headers });
          await response.text();
          return response.status;
        }),
      );
      const fetches = issuer.requests - before;
      assert(fetches <= 2, `${fetches} fetches`);
      assert(
        statuses.every((status) => status === 401 || status === 503),
        `statuses ${[...new Set(statuses)]}`,
      );
      return `${fetches} fetches, statuses ${[...new Set(statuses)].join(", ")}`;
    },
  },
  {
    name: "a Keystone that answers 403 and 429, and an `expires_at` that is no date",
    before: '"unavailable", and a 500 with a stack',
    identity: "keystone",
    async run({ url, keystone }) {
      assert(keystone !== undefined, "there is no Keystone");
      const list = async () => {
        const headers = { "X-Auth-Token": keystone.issue({ project: "p" }) };
        return (await fetch(`${url}/v3/volumes`, { headers })).status;
      };
      keystone.answer("GET", 403);
      const forbidden = await list();
      keystone.answer("GET", 429, { "Retry-After": "9" });
      const limited = await list();
      keystone.behave("respond");
      keystone.expiresAt = "tomorrow";
      const undated = await list();
      keystone.expiresAt = undefined;
      const statuses = [forbidden, limited, undated].join(", ");
      assert(statuses === "401, 429, 503", `statuses ${statuses}`);
      return statuses;
    },
  },
];
