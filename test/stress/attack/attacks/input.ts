import { exchange, head, statusOf } from "../sockets.ts";
import { type Attack, assert, type Target } from "../target.ts";

async function statusOfTransfer({ url, as }: Target, body: string): Promise<number> {
  const headers = { ...as("attacker"), "Content-Type": "application/json" };
  const response = await fetch(`${url}/v3/volume-transfers`, { method: "POST", headers, body });
  await response.text();
  return response.status;
}

/** A body that is refused with a 400. */
const refused = (name: string, before: string, values: readonly string[]): Attack => ({
  name,
  before,
  d1: true,
  async run(target) {
    for (const value of values) {
      const status = await statusOfTransfer(target, value);
      assert(status === 400, `${value}: ${status}`);
    }
    return "400";
  },
});

const transfer = (properties: string) => `{"transfer":{"volume_id":"${crypto.randomUUID()}",${properties}}}`;

export const input: readonly Attack[] = [
  refused("unpaired surrogates", "503 on libSQL, another text on D1", [
    transfer('"name":"\\ud800"'),
    transfer('"name":"a\\udc00b"'),
    transfer('"name":"\\udc00\\ud800"'),
    transfer('"\\ud800":"x"'),
  ]),
  refused("30 February and 24:00", "202", [
    transfer('"expires_at":"2030-02-30T00:00:00Z"'),
    transfer('"expires_at":"2030-01-01T24:00:00Z"'),
    transfer('"expires_at":"2030-13-01T00:00:00Z"'),
  ]),
  {
    name: "`Host` headers that are no host",
    before: "500",
    async run({ port, as }) {
      const statuses: number[] = [];
      for (const host of ["a b", "", "[", "a:99999999", "\u00ff", "%", "a/b?c#d"]) {
        const request = head("GET", "/v3/volume-transfers?limit=1", {
          ...as("innocent"),
          Host: host,
          Connection: "close",
        });
        statuses.push(statusOf(await exchange(port, request, 1000)));
      }
      assert(
        statuses.every((status) => status > 0 && status < 500),
        `statuses ${statuses}`,
      );
      return `statuses ${[...new Set(statuses)].join(", ")}`;
    },
  },
  {
    name: "headers of 15 KB, and 500 headers",
    before: "not measured",
    d1: true,
    async run({ port, as }) {
      const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`X-Header-${i}`, "x"]));
      const statuses: number[] = [];
      for (const headers of [
        { "X-OpenStack-Request-ID": "r".repeat(15_000) },
        many,
        { "OpenStack-API-Version": "volume ".repeat(2000) },
      ]) {
        const request = head("GET", "/v3/volume-transfers", {
          ...as("attacker"),
          ...headers,
          Connection: "close",
        });
        statuses.push(statusOf(await exchange(port, request, 1000)));
      }
      assert(
        statuses.every((status) => status < 500),
        `statuses ${statuses}`,
      );
      return `statuses ${[...new Set(statuses)].join(", ")}`;
    },
  },
];
