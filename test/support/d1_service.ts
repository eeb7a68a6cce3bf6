import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { Miniflare } from "miniflare";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { HOST } from "./restartable_server.ts";
import type { Bundle } from "./worker.ts";

/** A Worker on D1. */
export interface D1Service {
  readonly url: string;
  /** A request to this URL runs what the cron trigger runs. */
  readonly cronUrl: string;
  /** What the Worker has logged. */
  readonly lines: readonly string[];
  /** Ends the Worker, and removes its database. */
  stop(): Promise<void>;
}

/** The only Worker of a Miniflare, and the id of its D1 database. */
const NAME = "volume-transfers";
/** The name of its queue. */
const QUEUE = "events";

/**
 * Starts a Worker on a new D1 database, in the runtime of `wrangler dev`, without the proxy of `wrangler dev`.
 *
 * @param variables its variables
 * @param options.queueConsumer the URL to which another Worker posts the messages of the queue EVENTS_QUEUE
 */
export async function startD1Service(
  { folder, config }: Bundle,
  variables: Readonly<Record<string, string>>,
  { queueConsumer }: { readonly queueConsumer?: string } = {},
): Promise<D1Service> {
  const data = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const lines: string[] = [];
  const contents = readFileSync(path.join(folder, "index.js"), "utf8");
  const miniflare = new Miniflare({
    host: HOST,
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: data,
    unsafeTriggerHandlers: true,
    handleStructuredLogs: ({ message }) => lines.push(...message.split("\n")),
    workers: [
      {
        config: {
          name: NAME,
          compatibilityDate: config.compatibilityDate,
          compatibilityFlags: [...config.compatibilityFlags],
          manifest: { mainModule: "index.js", modules: { "index.js": { type: "esm", contents } } },
          assets: { directory: config.assets, runWorkerFirst: true, hasUserWorker: true },
          env: {
            DB: { type: "d1", id: NAME },
            ASSETS: { type: "assets" },
            ...(queueConsumer !== undefined && { EVENTS_QUEUE: { type: "queue" as const, name: QUEUE } }),
            ...textBindings(variables),
          },
        },
        dev: { unsafeDirectSockets: [{ host: HOST, port: 0 }] },
      },
      ...(queueConsumer === undefined ? [] : [consumerOf(queueConsumer, config.compatibilityDate)]),
    ],
  });
  const stop = async (): Promise<void> => {
    await miniflare.dispose();
    rmSync(data, { recursive: true });
  };
  try {
    const url = (await miniflare.unsafeGetDirectURL(NAME)).origin;
    const database = await miniflare.getD1Database("DB");
    for (const { sql } of readMigrationFiles({ migrationsFolder: path.join(projectFolder, "drizzle") })) {
      await database.batch(sql.map((statement) => database.prepare(statement)));
    }
    const triggers = (await miniflare.ready).origin;
    return { url, cronUrl: `${triggers}/cdn-cgi/local/scheduled`, lines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns a Worker that posts each message of the queue to a URL. */
const consumerOf = (url: string, compatibilityDate: string) => ({
  config: {
    name: "consumer",
    compatibilityDate,
    manifest: {
      mainModule: "index.js",
      modules: {
        "index.js": {
          type: "esm" as const,
          contents: `export default {
            async queue({ messages }) {
              for (const { body } of messages)
                await fetch(${JSON.stringify(url)}, { method: "POST", body: JSON.stringify(body) });
            },
          };`,
        },
      },
    },
    triggers: [{ type: "queue" as const, name: QUEUE, maxBatchTimeout: 0 }],
  },
});

const textBindings = (variables: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, { type: "text" as const, value }]),
  );
