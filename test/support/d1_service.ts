import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { Miniflare } from "miniflare";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { D1_BINDING } from "../../src/config/config.ts";
import { regionalName, splitRegions } from "../../src/config/region_variables.ts";
import { HOST } from "./restartable_server.ts";
import type { Bundle } from "./worker.ts";

/** A Worker on D1. */
export interface D1Service {
  readonly url: string;
  /** A request to this URL runs what the cron trigger runs. */
  readonly cronUrl: string;
  /** The log of the Worker. */
  readonly lines: readonly string[];
  /** Returns the rows of a query of the database without a region. */
  query(sql: string): Promise<unknown[]>;
  /** Ends the Worker, and removes its database. */
  stop(): Promise<void>;
}

/** The only Worker of a Miniflare. */
const NAME = "volume-transfers";
/** The name of its queue. */
const QUEUE = "events";

/** Returns the bindings of the D1 databases: one for each region of `REGIONS`, or one without a region. */
function d1Bindings(variables: Readonly<Record<string, string>>): string[] {
  const regions = splitRegions(variables.REGIONS);
  return regions.length === 0 ? [D1_BINDING] : regions.map((region) => regionalName(D1_BINDING, region));
}

/**
 * Starts a Worker on a new D1 database for each region, in the runtime of `wrangler dev`, without the proxy of `wrangler dev`.
 *
 * @param variables its variables
 * @param options.queueConsumer the URL to which another Worker posts the messages of the queue EVENTS_QUEUE
 * @param options.wrapper the text of a module that exports a Worker around that of `./index.js`
 */
export async function startD1Service(
  { folder, config }: Bundle,
  variables: Readonly<Record<string, string>>,
  { queueConsumer, wrapper }: { readonly queueConsumer?: string; readonly wrapper?: string } = {},
): Promise<D1Service> {
  const data = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const lines: string[] = [];
  const bindings = d1Bindings(variables);
  const modules = {
    "index.js": { type: "esm" as const, contents: readFileSync(path.join(folder, "index.js"), "utf8") },
    ...(wrapper !== undefined && { "wrapper.js": { type: "esm" as const, contents: wrapper } }),
  };
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
          manifest: { mainModule: wrapper === undefined ? "index.js" : "wrapper.js", modules },
          assets: { directory: config.assets, runWorkerFirst: true, hasUserWorker: true },
          env: {
            ...Object.fromEntries(bindings.map((name) => [name, { type: "d1" as const, id: name }])),
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
    const migrations = readMigrationFiles({ migrationsFolder: path.join(projectFolder, "drizzle") });
    // A statement in each line. Miniflare takes 8 ms to prepare one of a batch.
    const statements = migrations.flatMap(({ sql }) => sql.map((one) => one.replaceAll(/\s+/g, " ")));
    for (const name of bindings) await (await miniflare.getD1Database(name)).exec(statements.join("\n"));
    const triggers = (await miniflare.ready).origin;
    const query = async (sql: string) =>
      (await (await miniflare.getD1Database(bindings[0] ?? "")).prepare(sql).all()).results;
    return { url, cronUrl: `${triggers}/cdn-cgi/local/scheduled`, lines, query, stop };
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
