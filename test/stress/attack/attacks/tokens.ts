import { setTimeout as sleep } from "node:timers/promises";
import { startHttpServer } from "../../../support/http_server.ts";
import { exchange, head, statusOf } from "../sockets.ts";
import { type Attack, assert } from "../target.ts";

export const tokens: readonly Attack[] = [
  {
    name: "300 unknown tokens while Keystone hangs",
    before: "remembered tokens refused",
    keystone: true,
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
    keystone: true,
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
    keystone: true,
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
];
