import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../errors.ts";

/** Milliseconds until a server must respond. */
const START_MS = 60_000;
/** Milliseconds until a server that responds must respond with 200. */
const REFUSAL_MS = 5000;

/** Joins a host and a port. An IPv6 address is enclosed in brackets. */
export const authority = (host: string, port: number): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Returns the URL of a server, without a path. */
export const serverUrl = (host: string, port: number): string => `http://${authority(host, port)}`;

/**
 * Asserts that a server can listen on a port.
 *
 * @throws CliError if the port is in use, or the host is not an address of this machine
 */
export async function assertPortAvailable(host: string, port: number): Promise<void> {
  try {
    await listen(host, port);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new CliError(
      code === "EADDRINUSE"
        ? `port ${port} of ${host} is in use by another program. Set PORT to use another port.`
        : `cannot listen on port ${port} of ${host} (${code}).`,
    );
  }
}

/** Returns a port of the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return listen("127.0.0.1", 0);
}

/**
 * Listens on a port and stops again.
 *
 * @param port 0 lets the operating system choose
 * @returns the port
 */
async function listen(host: string, port: number): Promise<number> {
  const server = createServer();
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : port;
}

/**
 * Waits until a URL responds with 200.
 *
 * @throws CliError with the last response if the server does not start in time
 */
export async function waitUntilReady(url: string): Promise<void> {
  let deadline = Date.now() + START_MS;
  let answer = "no response";
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(START_MS) });
      const body = await response.text();
      if (response.status === 200) return;
      if (answer === "no response") deadline = Date.now() + REFUSAL_MS;
      answer = `${response.status} ${body.trim()}`;
      await sleep(500);
    } catch {
      // The server does not listen yet.
      await sleep(50);
    }
  }
  throw new CliError(`GET ${url} did not return 200: ${answer}`);
}

/** Prints a step, before it is done. */
export const printStep = (step: string): void => console.log(`volume-transfers: ${step}`);

/** Prints where the service is. Programs that start it wait for the line `ready on`. */
export function printReady(url: string, strategy: string | undefined): void {
  if (strategy === "noauth") {
    console.warn("AUTH_STRATEGY=noauth: callers are not authenticated. Use it for development only.");
  }
  printStep(`ready on ${url}`);
  printStep(`${url}/handoff is the page for people, ${url}/docs describes the API`);
}
