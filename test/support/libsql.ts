import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrateDatabase } from "../../src/cli/database/migrations.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { serverUrl } from "../../src/cli/servers/ready.ts";
import { freePort } from "./free_port.ts";
import { HOST, RestartableServer } from "./restartable_server.ts";
import { sqldCommand } from "./sqld.ts";

/** A libSQL server of a test. */
export interface LibsqlServer {
  readonly url: string;
  /** The address of its admin API. */
  readonly adminUrl: string;
  /** The folder of its files. */
  readonly folder: string;
  /** The server itself, which a test may kill and start again. */
  readonly server: RestartableServer;
  /** Ends the server, and removes its files. */
  stop(): Promise<void>;
}

export interface LibsqlOptions {
  /** The folder of its files, which the caller removes. By default it is a new one. */
  readonly folder?: string;
  /** Further arguments of the first start of sqld. */
  readonly args?: readonly string[];
  /** Applies migrations to the new database; by default those of the project. */
  readonly migrate?: (url: string) => Promise<void>;
}

/** Starts a libSQL server that has the service's tables. */
export async function startLibsql(options: LibsqlOptions = {}): Promise<LibsqlServer> {
  const { folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-")), args = [] } = options;
  mkdirSync(folder, { recursive: true });
  const [port, adminPort] = [await freePort(), await freePort()];
  const command = sqldCommand(folder, port);
  const admin = ["--admin-listen-addr", `${HOST}:${adminPort}`];
  const server = new RestartableServer({ ...command, args: [...command.args, ...admin] }, port, "/health");
  const stop = async (): Promise<void> => {
    await server.kill();
    if (options.folder === undefined) rmSync(folder, { recursive: true });
  };
  try {
    await server.start(args);
    await (options.migrate ?? migrate)(server.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: server.url, adminUrl: serverUrl(HOST, adminPort), folder, server, stop };
}

/** Applies the project's migrations. Of a libSQL server no process of its own does it. */
const migrate = (url: string): Promise<void> =>
  migrateDatabase({ kind: "libsql", url, authToken: undefined }, new Processes(() => {}));
