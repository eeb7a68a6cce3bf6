import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { exchange, head, statusOf, withSockets } from "../sockets.ts";
import { type Attack, assert } from "../target.ts";

const JSON_BODY = { "Content-Type": "application/json" };
/** The largest body that the service accepts, bytes. */
const LARGEST = 114_688;
const MAX_MS = 1000;

/** Sends a body, and measures the time of the response. */
async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly status: number; readonly ms: number }> {
  const started = performance.now();
  const response = await fetch(url, { method: "POST", headers: { ...headers, ...JSON_BODY }, body });
  await response.text();
  return { status: response.status, ms: performance.now() - started };
}

const describe = ({ status, ms }: { readonly status: number; readonly ms: number }): string =>
  `${status} after ${ms.toFixed(0)} ms`;

/** One body that takes long to validate. */
const costly = (name: string, before: string, path: string, body: () => string): Attack => ({
  name,
  before,
  d1: true,
  async run({ url, as }) {
    const result = await post(`${url}/v3/${path}`, as("attacker"), body());
    assert(result.status >= 400 && result.status < 500, `status ${result.status}`);
    assert(result.ms < MAX_MS, describe(result));
    return describe(result);
  },
});

export const bodies: readonly Attack[] = [
  costly("110 KB of 14,000 wrong metadata items", "no response for 49 s", "volumes", () =>
    JSON.stringify({
      volume: {
        size: 1,
        metadata: Object.fromEntries(Array.from({ length: 14_000 }, (_, i) => [i.toString(36), 1])),
      },
    }),
  ),
  costly("`volume_id` of 100,000 braces", "no response for 3 s", "volume-transfers", () =>
    JSON.stringify({ transfer: { volume_id: `x${"{".repeat(100_000)}` } }),
  ),
  costly("a body of 57,000 nested arrays", "not measured", "volume-transfers", () => {
    const depth = LARGEST / 2;
    return "[".repeat(depth) + "]".repeat(depth);
  }),
  costly("a name of 114,000 characters", "not measured", "volume-transfers", () =>
    JSON.stringify({ transfer: { volume_id: crypto.randomUUID(), name: "é".repeat(57_000) } }),
  ),
  {
    name: "256 bodies of one byte a second",
    before: "everybody refused",
    d1: true,
    run: ({ port, as }) =>
      withSockets(port, 256, async (sockets) => {
        const headers = { ...as("attacker"), ...JSON_BODY, "Content-Length": 1000 };
        for (const socket of sockets) socket.write(head("POST", "/v3/volume-transfers", headers));
        let refused = 0;
        for (const socket of sockets)
          socket.once("data", (chunk) => {
            if (statusOf(chunk.toString("latin1")) === 408) refused++;
          });
        for (let second = 0; second < 12; second++) {
          await sleep(1000);
          for (const socket of sockets) if (socket.writable) socket.write(" ");
        }
        assert(refused > 200, `${refused} of 256 got a 408`);
        return `${refused} got a 408 after 10 s`;
      }),
  },
  {
    name: "1,500 unfinished uploads of 100 KB without a token",
    before: "531 MB",
    run: ({ port }) =>
      withSockets(port, 1500, async (sockets) => {
        const headers = { ...JSON_BODY, "Content-Length": LARGEST };
        let answered = 0;
        for (const socket of sockets) {
          socket.once("data", () => answered++);
          socket.write(head("POST", "/v3/volume-transfers", headers));
          socket.write(Buffer.alloc(100_000, " "));
        }
        await sleep(5000);
        assert(answered > 1000, `${answered} of 1,500 got a response`);
        return `${answered} got a 401 at once`;
      }),
  },
  {
    name: "malformed and aborted chunked bodies",
    before: "500 and a stack trace",
    async run({ port, as }) {
      const headers = { ...as("attacker"), ...JSON_BODY, "Transfer-Encoding": "chunked" };
      const statuses: number[] = [];
      for (const body of [
        "zz\r\nnot a chunk\r\n",
        "-1\r\n\r\n",
        "5\r\nabc",
        "ffffffffffffffff\r\na",
        '5\r\n{"a"\r\n',
      ]) {
        statuses.push(
          statusOf(await exchange(port, head("POST", "/v3/volume-transfers", headers) + body, 500)),
        );
      }
      assert(
        statuses.every((status) => status < 500),
        `statuses ${statuses}`,
      );
      return `statuses ${[...new Set(statuses)].map((status) => status || "none").join(", ")}`;
    },
  },
  {
    name: "512 bodies of sign-ins without an account that never end",
    before: "nobody can sign in",
    d1: true,
    run: ({ url, port }) =>
      withSockets(port, 512, async (sockets) => {
        const headers = {
          ...JSON_BODY,
          "Content-Length": 1000,
          "X-Handoff": "1",
          "Sec-Fetch-Site": "same-origin",
        };
        for (const socket of sockets) socket.write(`${head("POST", "/handoff/session", headers)}{`);
        await sleep(1000);
        const { status } = await post(
          `${url}/handoff/session`,
          { "X-Handoff": "1", "Sec-Fetch-Site": "same-origin" },
          JSON.stringify({ user: "alice", project: "alpha" }),
        );
        assert(status === 200, `sign-in: ${status}`);
        return "others sign in";
      }),
  },
  {
    name: "a compressed body of 100 KB that unfolds to 100 MB",
    before: "not measured",
    d1: true,
    async run({ url, as }) {
      const body = await promisify(gzip)(Buffer.alloc(100_000_000, " "));
      const headers = { ...as("attacker"), ...JSON_BODY, "Content-Encoding": "gzip" };
      const response = await fetch(`${url}/v3/volume-transfers`, { method: "POST", headers, body });
      await response.text();
      assert(response.status >= 400 && response.status < 500, `status ${response.status}`);
      return String(response.status);
    },
  },
];
