import type { Command } from "@commander-js/extra-typings";
import { isPackage } from "../settings/settings.ts";
import { serve } from "./actions.ts";
import { formatVariables, LOG_REQUESTS, PORT, REGIONS } from "./options.ts";

/** Adds the commands that serve on this machine. */
export function addServices(program: Command): void {
  program
    .command("start")
    .summary("serve for a first look and for tests")
    .description(
      "Serves on this machine, for a first look and for tests. With AUTH_STRATEGY=noauth, the default, it creates " +
        "volumes for a demo, unless --fresh or --json is set.",
    )
    .option("--port <number>", "The port to listen on; 0 for any that is free.")
    .option("--fresh", "Use a new database in memory.")
    .option(
      "--json",
      "Print one line of JSON with the URL when the service is ready, and the log on standard error.",
    )
    .option("--stop-with-stdin", "Stop when the standard input ends.")
    .addHelpText(
      "after",
      formatVariables({
        PORT: "The port without --port, 8776 by default.",
        DATA_DIR: "The folder of the database without --fresh, .data/start by default.",
        ...REGIONS,
        ...LOG_REQUESTS,
      }),
    )
    .action(serve(async () => (await import("../commands/start.ts")).start));
  program
    .command("serve")
    .summary("serve on this machine")
    .description(
      "Serves on this machine, with the database in the data folder, or the one that LIBSQL_URL names, for each region. " +
        "Applies pending migrations first.",
    )
    .addHelpText(
      "after",
      formatVariables({
        AUTH_STRATEGY: "keystone, jwt or noauth. docs/configuration.md lists all variables.",
        HOST: "The address to listen on, 127.0.0.1 by default.",
        ...PORT,
        DATA_DIR: "The folder of the database and the secret, .data by default.",
        SYNC_WRITES: "off responds before a write is on disk. By default on.",
        CHECKPOINTS: "off leaves it to Litestream to move the log into the file. By default on.",
        LIBSQL_URL: "Use this file (file:PATH) or libSQL server. LIBSQL_AUTH_TOKEN is the token of a server.",
        ...REGIONS,
      }),
    )
    .action(serve(async () => (await import("../commands/serve.ts")).serve));
  if (isPackage) return;
  program
    .command("dev")
    .summary("serve on wrangler dev")
    .description(
      "Serves the Worker for development on `wrangler dev`, which reloads it when the source changes, with D1 or the " +
        "libSQL server that LIBSQL_URL names. With AUTH_STRATEGY=noauth, the default, it creates volumes for a demo.",
    )
    .addHelpText(
      "after",
      formatVariables({
        ...PORT,
        DATA_DIR: "The folder of the database, .wrangler/state by default.",
        ...REGIONS,
        ...LOG_REQUESTS,
      }),
    )
    .action(serve(async () => (await import("../commands/dev.ts")).dev));
}
