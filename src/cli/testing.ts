import "./node20.ts";
import { startHost } from "../host/host.ts";
import { builtAssets } from "./assets/built_assets.ts";
import { serverUrl } from "./servers/ready.ts";
import { migrationsFolder } from "./settings/settings.ts";

/** A service with a database of its own, which `startVolumeTransfers` has started. */
export interface VolumeTransfersService {
  /** The URL of the service, without `/v3`. */
  readonly url: string;
  /** Removes everything that was created, so that the next test finds a new service. No request may be in flight. */
  reset(): Promise<void>;
  /** Ends the service. */
  close(): Promise<void>;
  /** Calls `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The options of `startVolumeTransfers`. */
export interface StartOptions {
  /** The port to listen on. By default any that is free. */
  readonly port?: number;
  /**
   * Variables of the service, as its configuration names them. By default `AUTH_STRATEGY` is `noauth`, in which a token
   * is `user:project` or `user:project:role`. Variables of this process are not used.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** Receives the log of the service, by lines. By default it is not kept. */
  readonly log?: (line: string) => void;
}

const HOST = "127.0.0.1";

/**
 * Starts the service in this process, on the loopback interface, with a database in memory.
 *
 * @throws Error if the service does not start
 * @example
 * ```ts
 * const service = await startVolumeTransfers();
 * afterEach(() => service.reset());
 * afterAll(() => service.close());
 * ```
 */
export async function startVolumeTransfers(options: StartOptions = {}): Promise<VolumeTransfersService> {
  const { port = 0, variables, log = () => {} } = options;
  const host = await startHost({
    host: HOST,
    port,
    // By its name of version 1.0, so that a limit in `variables` replaces it under either name.
    variables: { AUTH_STRATEGY: "noauth", OFFERS_PER_MINUTE: "0", VOLUMES_PER_MINUTE: "0", ...variables },
    folder: undefined,
    syncsWrites: false,
    migrations: migrationsFolder,
    assets: builtAssets(),
    log,
    keepsGlobals: true,
  });
  return {
    url: serverUrl(HOST, host.port),
    reset: async () => host.reset(),
    close: host.stop,
    [Symbol.asyncDispose]: host.stop,
  };
}
