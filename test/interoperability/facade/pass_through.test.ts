import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { DATABASES } from "../../support/databases.ts";
import type { HttpServer } from "../../support/http_server.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { startTokenKeystone } from "../../support/token_keystone.ts";

/** Who sends a request. */
interface Caller {
  readonly token: string;
  readonly project: string;
}

const callerOf = (user: string, roles: string): Caller => {
  const project = crypto.randomUUID().replaceAll("-", "");
  return { token: `${user}:${project}:${roles}`, project };
};
const [alice, bob] = [callerOf("alice", "member,reader"), callerOf("bob", "member,reader")];
const admin = callerOf("admin", "admin");
const NOBODY: Caller = { token: "nobody", project: "0".repeat(32) };
const cinder = inject("cinderUrl");
/** The connections that send the requests of a set. */
const CONNECTIONS = 4;
const TIMEOUT_MS = 1_200_000;

let keystone: HttpServer;
let running: ServiceOnBoth;
let volume: string;
beforeAll(async () => {
  keystone = await startTokenKeystone();
  running = await startOnBoth({
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    CINDER_URL: `${cinder}/v3`,
    LOG_REQUESTS: "errors",
  });
  volume = await createVolume(cinder, alice);
}, TIMEOUT_MS);
afterAll(async () => {
  await running?.stop();
  await keystone?.stop();
});

interface Sent {
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  readonly version: string | undefined;
  readonly body?: string;
}

/** A response, with placeholders where two equal responses differ. */
interface Answer {
  readonly status: string;
  readonly headers: readonly string[];
  readonly body: string;
}

function sendRaw(base: string, { caller, method, path, version, body }: Sent): Promise<IncomingMessage> {
  const { hostname, port } = new URL(base);
  const headers = {
    "X-Auth-Token": caller.token,
    Accept: "application/json",
    ...(version !== undefined && { "OpenStack-API-Version": version }),
    ...(body !== undefined && {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
    }),
  };
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers, agent: false }, resolve)
      .on("error", (cause) =>
        reject(new Error(`${base}: ${method} ${path} at ${version}, ${cause.message}`, { cause })),
      )
      .end(body);
  });
}

/** The headers of a connection, and those whose values are of one response. */
const OF_ONE = /^(connection|keep-alive|date|x-openstack-request-id|x-compute-request-id)$/i;

async function send(base: string, sent: Sent): Promise<Answer> {
  const response = await sendRaw(base, sent);
  const { statusCode, statusMessage, rawHeaders } = response;
  const placed = (one: string) =>
    one
      .replaceAll(new URL(base).host, "HOST")
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?/g, "TIME");
  const headers = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [`${name.toLowerCase()}: ${OF_ONE.test(name) ? "" : placed(rawHeaders[i + 1] ?? "")}`] : [],
  );
  return {
    status: `${statusCode} ${statusMessage}`,
    // A proxy may keep a connection that Cinder closes, also after a body without a length, and adds a date where there
    // is none.
    headers: headers.filter((line) => !/^(connection|keep-alive|transfer-encoding|date):/.test(line)).sort(),
    body: placed(await text(response)),
  };
}

const created = z.object({ volume: z.object({ id: z.string(), status: z.string() }) });

async function createVolume(base: string, caller: Caller): Promise<string> {
  const path = `/v3/${caller.project}/volumes`;
  const body = JSON.stringify({ volume: { size: 1, name: "passed", metadata: { a: "é" } } });
  const response = await sendRaw(base, { caller, method: "POST", path, version: undefined, body });
  const { id } = created.parse(JSON.parse(await text(response))).volume;
  for (let status = "creating"; status === "creating"; ) {
    const shown = await sendRaw(base, { caller, method: "GET", path: `${path}/${id}`, version: undefined });
    ({ status } = created.parse(JSON.parse(await text(shown))).volume);
  }
  return id;
}

/** The paths below a project. */
const PATHS = () => [
  ...[
    "volumes",
    "volumes/detail",
    "volumes/",
    "volumes//detail",
    "volumes.json",
    "volumes/summary",
    `volumes/${volume}`,
  ],
  ...[
    "volumes?limit=1",
    "volumes/detail?limit=1&sort=name:asc",
    "volumes?limit=0",
    "volumes?limit=x",
    "volumes?name=%2F",
  ],
  ...[
    "volumes?sort_key=nonsense",
    "volumes/detail?metadata={'a':'b'}",
    "volumes?marker=none",
    "volumes?all_tenants=1",
  ],
  ...[
    `volumes/${volume}/metadata`,
    `volumes/${volume}/metadata/a`,
    `volumes/${volume}/metadata/none`,
    "volumes/none",
  ],
  ...[
    "snapshots",
    "snapshots/detail",
    "snapshots/none",
    "types",
    "types/none",
    "types?is_public=None",
    "qos-specs",
  ],
  ...[
    "limits",
    "extensions",
    "resource_filters",
    "groups",
    "group_types",
    "group_snapshots",
    "messages",
    "attachments",
  ],
  ...[
    "backups",
    "backups/detail",
    "os-services",
    "scheduler-stats/get_pools",
    "os-availability-zone",
    "clusters",
  ],
  ...[
    "consistencygroups",
    "capabilities/none",
    "os-hosts",
    "workers/cleanup",
    "nowhere",
    "volumes/a%2Fb",
    "types/default",
  ],
  ...[
    `os-quota-sets/${alice.project}`,
    `os-quota-sets/${alice.project}?usage=True`,
    "os-quota-class-sets/default",
  ],
];
const VERSIONS = [
  undefined,
  "volume 3.0",
  "volume 3.27",
  "volume 3.59",
  "volume latest",
  "volume 3.999",
  "compute 2.1",
];

/** The requests that change nothing. */
function readingRequests(): Sent[] {
  const below = [alice, bob, admin, NOBODY].flatMap((caller) =>
    PATHS().flatMap((path) =>
      VERSIONS.slice(0, caller === alice || caller === admin ? 7 : 3).map((version) => ({
        caller,
        method: "GET",
        path: `/v3/${caller.project}/${path}`,
        version,
      })),
    ),
  );
  const others = [
    ...[
      "/",
      "/v3",
      "/v3/",
      "//",
      "/v3//",
      "/v1/",
      "/v2",
      "/v2/volumes",
      "/nowhere",
      "/v3/volumes",
      "/v3/nonsense/volumes",
    ],
    ...[`/v3/${bob.project}/volumes`, "/v3/volumes/detail?limit=1", "/v3/types", `/v3/volumes/${volume}`],
  ].flatMap((path) =>
    ["GET", "HEAD", "OPTIONS", "PATCH"].map((method) => ({
      caller: alice,
      method,
      path,
      version: undefined,
    })),
  );
  const wrong = [
    ...[
      '{"volume": {}}',
      '{"volume": {"size": "big"}}',
      "{",
      "[]",
      "null",
      '{"volume": {"size": 1, "name": "é"',
    ],
  ].flatMap((body) =>
    ["volumes", "snapshots", `volumes/${volume}/action`, "types", "backups"].map((path) => ({
      caller: alice,
      method: "POST",
      path: `/v3/${alice.project}/${path}`,
      version: "volume 3.59",
      body,
    })),
  );
  const deletes = ["volumes/none", "snapshots/none", "types/none", "nowhere"].map((path) => ({
    caller: alice,
    method: "DELETE",
    path: `/v3/${alice.project}/${path}`,
    version: undefined,
  }));
  return [...below, ...others, ...wrong, ...deletes];
}

/** Sends requests to Cinder and to the service, and returns those that were answered differently. */
async function findDifferences(url: string, all: readonly Sent[]): Promise<unknown[]> {
  const differences: unknown[] = [];
  const waiting = [...all];
  const work = async () => {
    for (let sent = waiting.shift(); sent !== undefined; sent = waiting.shift()) {
      const [direct, passed] = [await send(cinder, sent), await send(url, sent)];
      const { method, path, version } = sent;
      if (JSON.stringify(direct) !== JSON.stringify(passed))
        differences.push({ method, path, version, direct, passed });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return differences;
}

describe.each(DATABASES)("a real Cinder behind the service, on %s", (database) => {
  it(
    "answers a thousand requests as without the service",
    async () => {
      const all = readingRequests();
      expect(all.length).toBeGreaterThanOrEqual(1000);
      expect(await findDifferences(running[database].url, all)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    "creates, changes and deletes a volume as without the service",
    async () => {
      const live = async (base: string) => {
        const id = await createVolume(base, alice);
        const path = `/v3/${alice.project}/volumes/${id}`;
        const step = (method: string, below: string, body?: object) =>
          send(base, {
            caller: alice,
            method,
            path: path + below,
            version: "volume 3.59",
            ...(body && { body: JSON.stringify(body) }),
          });
        return [
          await step("GET", ""),
          await step("PUT", "", { volume: { name: "renamed" } }),
          await step("POST", "/metadata", { metadata: { b: "1" } }),
          await step("DELETE", "/metadata/b"),
          await step("POST", "/action", { "os-extend": { new_size: 1 } }),
          await step("DELETE", ""),
        ];
      };
      expect(await live(running[database].url)).toEqual(await live(cinder));
    },
    TIMEOUT_MS,
  );

  it("gives the client the id of its request in Cinder", async () => {
    const sent = { caller: alice, method: "GET", path: `/v3/${alice.project}/volumes`, version: undefined };
    const { headers } = await sendRaw(running[database].url, sent);
    expect(headers["x-openstack-request-id"]).toMatch(/^req-/);
    expect(headers["x-compute-request-id"]).toBe(headers["x-openstack-request-id"]);
  });

  it("makes links of the public address, also of the next page", async () => {
    await createVolume(cinder, alice);
    const { url } = running[database];
    const path = `/v3/${alice.project}/volumes?limit=1`;
    const response = await sendRaw(url, { caller: alice, method: "GET", path, version: undefined });
    const { volumes_links } = z
      .object({ volumes_links: z.array(z.object({ href: z.string() })) })
      .parse(JSON.parse(await text(response)));
    expect(volumes_links[0]?.href).toMatch(`${url}/v3/${alice.project}/volumes?`);
  });
});
