import { type Config, DATABASE_BINDING } from "../../src/config/config.ts";
import { Connection } from "../../src/host/connection.ts";
import { configuration } from "./configuration.ts";

/** Returns the configuration of a service on a file, which another process may be serving. */
export function configurationOn(file: string): Config {
  const connection = new Connection(file, { syncsWrites: false });
  const run = async (...transaction: Parameters<Connection["run"]>) => connection.run(...transaction);
  return configuration({ AUTH_STRATEGY: "noauth", [DATABASE_BINDING]: { run } });
}
