import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../../../support/client.ts";
import { discardingGet } from "../../../support/discarding_get.ts";
import { head, withSockets } from "../sockets.ts";
import { type Attack, assert } from "../target.ts";

const POLLING_MS = 6000;
/** About 100 KB. */
const METADATA = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`key ${i}`, "x".repeat(250)]));

const tokenOf = ({ token }: Client) => ({ "X-Auth-Token": token });

/** Creates volumes of a new project. */
async function projectWith(url: string, count: number, properties: object): Promise<Client> {
  const client = new Client(url);
  const creations = Array.from({ length: 10 }, async () => {
    for (let i = 0; i < count / 10; i++) await client.createVolume(properties);
  });
  await Promise.all(creations);
  return client;
}

/** Polls a list with many connections. */
async function poll(client: Client, resource: string, connections: number): Promise<string> {
  const end = Date.now() + POLLING_MS;
  let answers = 0;
  const work = async () => {
    while (Date.now() < end) {
      const { status } = await discardingGet(`${client.url}/v3/${resource}`, tokenOf(client));
      assert(status === 200, `status ${status}`);
      answers++;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return `${answers} × 200`;
}

export const reads: readonly Attack[] = [
  {
    name: "600 requests for `/openapi.json` without a token, with regions",
    before: "others wait for 30 s, 780 MB",
    variables: { REGIONS: "eu us" },
    async run({ url }) {
      const root = new URL(url).origin;
      const responses = await Promise.all(
        Array.from({ length: 600 }, () => discardingGet(`${root}/openapi.json`, {})),
      );
      const answered = responses.filter(({ status }) => status === 200).length;
      assert(
        responses.every(({ status }) => status === 200 || status === 503),
        "another status",
      );
      return `${answered} × 200, the others 503`;
    },
  },
  {
    name: "32 lists of 1,000 volumes at once",
    before: "6 × 200, 26 × 503",
    d1: true,
    async run({ url }) {
      const metadata = { a: "d".repeat(255), b: "d".repeat(255), c: "d".repeat(255) };
      const client = await projectWith(url, 1000, { metadata });
      const lists = Array.from({ length: 32 }, (_, i) =>
        // Requests with the same limit would share a result.
        discardingGet(`${url}/v3/volumes/detail?limit=${1000 - i}`, tokenOf(client)),
      );
      const statuses = (await Promise.all(lists)).map(({ status }) => status);
      assert(
        statuses.every((status) => status === 200),
        `statuses ${statuses}`,
      );
      return "32 × 200";
    },
  },
  {
    name: "24 connections that poll ten volumes with 100 KB of metadata each",
    before: "others wait for 900 ms, 361 MB",
    d1: true,
    run: async ({ url }) => poll(await projectWith(url, 10, { metadata: METADATA }), "volumes/detail", 24),
  },
  {
    name: "24 connections that poll the summary of these volumes",
    before: "not measured",
    d1: true,
    async run({ url }) {
      const client = await projectWith(url, 10, { metadata: METADATA });
      const end = Date.now() + POLLING_MS;
      let answers = 0;
      const headers = { ...tokenOf(client), "OpenStack-API-Version": "volume 3.36" };
      const work = async () => {
        while (Date.now() < end) {
          const { status } = await discardingGet(`${url}/v3/volumes/summary`, headers);
          assert(status === 200, `status ${status}`);
          answers++;
        }
      };
      await Promise.all(Array.from({ length: 24 }, work));
      return `${answers} × 200`;
    },
  },
  {
    name: "100 lists of 4 MB that nobody reads, and 500 more in one packet",
    before: "not measured",
    async run({ url, port }) {
      const client = await projectWith(url, 40, { metadata: METADATA });
      return withSockets(port, 101, async (sockets) => {
        for (const [i, socket] of sockets.entries()) {
          socket.pause();
          socket.write(head("GET", "/v3/volumes/detail", tokenOf(client)).repeat(i === 0 ? 500 : 1));
        }
        await sleep(8000);
        return "held for 8 s";
      });
    },
  },
  {
    name: "1,000 lists, each with another order of five sort keys",
    before: "not measured",
    async run({ url }) {
      const client = await projectWith(url, 10, {});
      const keys = [
        "name",
        "status",
        "size",
        "id",
        "bootable",
        "updated_at",
        "user_id",
        "host",
        "source_volid",
      ];
      const [{ id } = { id: "" }] = (await client.get("volumes")).body.volumes;
      let next = 0;
      const work = async () => {
        while (next < 1000) {
          const first = next++;
          const sort = Array.from({ length: 5 }, (_, i) => {
            const key = keys[(first + i * (1 + (first % 7))) % keys.length];
            return `${key}:${(first >> i) & 1 ? "asc" : "desc"}`;
          });
          const path = `v3/volumes?limit=5&marker=${id}&sort=${sort.join()}`;
          const { status } = await discardingGet(`${url}/${path}`, tokenOf(client));
          assert(status === 200, `status ${status}`);
        }
      };
      await Promise.all(Array.from({ length: 8 }, work));
      return "1,000 × 200";
    },
  },
];
