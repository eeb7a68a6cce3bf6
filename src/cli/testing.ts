import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Processes } from "./processes/processes.ts";
import { startLocalWorker } from "./servers/local_workerd.ts";
import { freePort } from "./servers/ready.ts";

/** A service with a database of its own, which `startVolumeTransfers` has started. */
export interface VolumeTransfersService {
  /** The URL of the service, without `/v3`. */
  readonly url: string;
  /** Removes everything that was created, so that the next test finds a new service. No request may be in flight. */
  reset(): Promise<void>;
  /** Ends the service and removes its database. */
  close(): Promise<void>;
  /** Calls `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What `startVolumeTransfers` can be given. */
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

/** The folders of the databases of running services. */
const folders = new Set<string>();

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** Creates a folder that only this user can read, and which is removed at the latest when this process ends. */
function createFolder(): string {
  if (folders.size === 0) process.once("exit", () => folders.forEach(removeFolder));
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-"));
  folders.add(folder);
  return folder;
}

/**
 * Starts the service on the loopback interface, with a new database. It ends with this process.
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
  const { port, variables, log } = options;
  const { promise: ended, reject } = deferred();
  const processes = new Processes(reject);
  const folder = createFolder();
  const close = async (): Promise<void> => {
    await processes.stop();
    removeFolder(folder);
  };
  const keep = (line: string): false => {
    log?.(line);
    return false;
  };
  try {
    const started = startLocalWorker(processes, {
      port: port ?? (await freePort()),
      folder,
      variables: { AUTH_STRATEGY: "noauth", OFFERS_PER_MINUTE: "0", ...variables },
      filter: { stdout: keep, stderr: keep },
    });
    const { url, resetUrl } = await Promise.race([started, ended]);
    return { url, reset: () => reset(resetUrl), close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function reset(url: string): Promise<void> {
  const response = await fetch(url, { method: "POST" });
  if (!response.ok) throw new Error(`the service was not reset: ${response.status} ${await response.text()}`);
}

/** `Promise.withResolvers`, which Node 20 does not have. Nothing waits for the promise after the start. */
function deferred(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => {});
  return { promise, reject };
}
