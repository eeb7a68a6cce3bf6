import { createClient } from "@libsql/client/http";
import { chunks, numbers, writeRows } from "../support/bulk_insert.ts";
import { untilIdle } from "../support/process_stats.ts";
import { type Exchange, rowsOf } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import { fillDatabase, HEADERS, idleVolumeId, OWNER, RECIPIENT, resetIdleVolumes } from "./dataset.ts";
import { runLoad } from "./http_load.ts";
import { parseCreated, SERVICE_OPERATIONS } from "./operations.ts";
import type { Servers } from "./servers.ts";

const SETTINGS = ["on", "off"] as const;
type Setting = (typeof SETTINGS)[number];

export interface EventsSettings {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
  /** The numbers of events and of closed transfers in the project whose pages are read. */
  readonly sizes: readonly number[];
  readonly repeats: number;
}

export interface EventsResult {
  /** Create and accept, with events and without; medians over the rounds. */
  readonly throughput: readonly {
    readonly connections: number;
    readonly requestsPerSecond: Readonly<Record<Setting, number>>;
  }[];
  /** The rows that a request writes. */
  readonly rowsWritten: Readonly<Record<Setting, Readonly<Record<"create" | "accept" | "delete", number>>>>;
  /** Pages of 20: medians of single requests. */
  readonly pages: readonly {
    readonly page: string;
    readonly size: number;
    readonly rowsRead: number;
    readonly ms: number;
  }[];
}

/** Measures what events cost a request, and pages of the feed and of the history at several sizes. */
export async function measureEvents(
  bundle: Bundle,
  servers: Servers,
  settings: EventsSettings,
  log: (line: string) => void,
): Promise<EventsResult> {
  const database = await servers.startDatabase();
  await fillDatabase(database.url, { transfers: 1000, openOneIn: 10, owned: 1000 }, () => {});
  let exchanges: Exchange[] = [];
  const proxy = await servers.startProxy(database.url, {
    onExchange: (exchange) => exchanges.push(exchange),
  });
  const start = (EVENTS: Setting, url: string) =>
    servers.startWorker(bundle, { AUTH_STRATEGY: "noauth", LIBSQL_URL: url, EVENTS });
  const workers = { on: await start("on", database.url), off: await start("off", database.url) };
  const throughput = await measureThroughput(workers, database.url, settings, log);

  const observed = { on: await start("on", proxy.url), off: await start("off", proxy.url) };
  const measure = async (
    worker: RestartableServer,
    method: string,
    path: string,
    token = "owner",
    body = {},
  ) => {
    exchanges = [];
    const begin = performance.now();
    const response = await fetch(`${worker.url}/v3/${path}`, {
      method,
      headers: {
        ...(token === "owner" ? HEADERS.owner : HEADERS.recipient),
        ...(method === "POST" && { "Content-Type": "application/json" }),
      },
      body: method === "POST" ? JSON.stringify(body) : null,
    });
    const text = await response.text();
    const ms = performance.now() - begin;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    const rows = exchanges.map(rowsOf);
    const total = (kind: "read" | "written") => rows.reduce((sum, row) => sum + row[kind], 0);
    return { text, ms, read: total("read"), written: total("written") };
  };
  const rowsWrittenBy = async (worker: RestartableServer) => {
    await resetIdleVolumes(database.url);
    const create = () =>
      measure(worker, "POST", "volume-transfers", "owner", { transfer: { volume_id: idleVolumeId(1) } });
    // The first request also stores the check of the secret.
    await measure(worker, "DELETE", `volume-transfers/${parseCreated((await create()).text).id}`);
    const deleted = await measure(
      worker,
      "DELETE",
      `volume-transfers/${parseCreated((await create()).text).id}`,
    );
    const created = await create();
    const { id, auth_key } = parseCreated(created.text);
    const accepted = await measure(worker, "POST", `volume-transfers/${id}/accept`, "recipient", {
      accept: { auth_key },
    });
    return { create: created.written, accept: accepted.written, delete: deleted.written };
  };
  const rowsWritten = { on: await rowsWrittenBy(observed.on), off: await rowsWrittenBy(observed.off) };

  const pages: EventsResult["pages"][number][] = [];
  for (const size of settings.sizes) {
    await fillHistory(database.url, size);
    const middle = Math.floor(size / 2);
    for (const [page, path] of [
      ["feed, first page", "events?limit=20"],
      ["feed, deep page", `events?limit=20&marker=${middle}-${middle.toString(16).padStart(16, "0")}`],
      ["feed of a volume", `events?limit=20&volume_id=${idleVolumeId(middle)}`],
      ["feed of a type without events", "events?limit=20&type=org.openstack.volume_transfer.expired"],
      ["history, first page", "volume-transfers/history?limit=20"],
      ["history, deep page", `volume-transfers/history?limit=20&marker=${closedId(middle)}`],
      ["history of a status without transfers", "volume-transfers/history?limit=20&status=expired"],
    ] as const) {
      const times: number[] = [];
      let rowsRead = 0;
      for (let i = 0; i < settings.repeats; i++) {
        const { ms, read } = await measure(observed.on, "GET", path);
        times.push(ms);
        rowsRead = read;
      }
      pages.push({ page, size, rowsRead, ms: median(times) });
      log(`${page}, ${size}: ${rowsRead} rows, ${median(times).toFixed(1)} ms`);
    }
  }
  return { throughput, rowsWritten, pages };
}

async function measureThroughput(
  workers: Readonly<Record<Setting, RestartableServer>>,
  url: string,
  { rounds, seconds, connections: numbers }: EventsSettings,
  log: (line: string) => void,
): Promise<EventsResult["throughput"]> {
  const results: EventsResult["throughput"][number][] = [];
  for (const connections of numbers) {
    const rates: Record<Setting, number[]> = { on: [], off: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const setting of SETTINGS) {
        await resetIdleVolumes(url);
        const steps = SERVICE_OPERATIONS["create and accept"];
        const { requestsPerSecond } = await runLoad(workers[setting].url, connections, seconds, steps);
        // Requests of the last moment may still write.
        await untilIdle(workers[setting].process.pid);
        if (round > 0) rates[setting].push(requestsPerSecond);
      }
    }
    const requestsPerSecond = { on: median(rates.on), off: median(rates.off) };
    results.push({ connections, requestsPerSecond });
    const { on, off } = requestsPerSecond;
    log(
      `create and accept, ${connections} connections: ${on.toFixed(0)} with events, ${off.toFixed(0)} without, ` +
        `share ${(on / off).toFixed(2)}`,
    );
  }
  return results;
}

const closedId = (n: number): string => `c1050000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;

/** Replaces the events and the closed transfers: two of three the owner gave, the others it got. */
async function fillHistory(url: string, size: number): Promise<void> {
  const client = createClient({ url });
  const volume = { id: idleVolumeId(1), name: null, size: 1, volume_type: "__DEFAULT__", host: null };
  const data = JSON.stringify({
    transfer: null,
    volume: { ...volume, managed_reference: null },
    snapshot_ids: [],
    destination_project_id: null,
  });
  const given = `n % 3 > 0`;
  const source = `case when ${given} then '${OWNER}' else '${RECIPIENT}' end`;
  await writeRows(client, ["delete from events", "delete from transfers where deleted_at is not null"]);
  for (const [first, last] of chunks(size)) {
    await writeRows(client, [
      `insert into events (seq, nonce, type, volume_id, source_project_id, destination_project_id, data)
         ${numbers(first, last)} select n, printf('%016x', n),
         case when ${given} then 'volume.created' else 'volume_transfer.accepted' end,
         '1d1e0000-0000-4000-8000-' || printf('%012x', n), ${source},
         case when ${given} then null else '${OWNER}' end, '${data}' from numbers`,
      `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, accepted,
         destination_project_id, closed_by_request, deleted_at) ${numbers(first, last)}
         select 'c1050000-0000-4000-8000-' || printf('%012x', n), '0ffe0000-0000-4000-8000-' || printf('%012x', n),
         'name', printf('%064x', n), 0, ${source}, not (${given}),
         case when ${given} then null else '${OWNER}' end, 'req', n from numbers`,
    ]);
  }
}
