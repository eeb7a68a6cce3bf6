import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../processes/supervise.ts";

/** How long a server may take until it answers at all. */
const START_MS = 60_000;
/** How long one that answers may go on refusing: what it says by then, it means. */
const REFUSAL_MS = 5000;

/** A host and a port as one, with an IPv6 address in the brackets that it needs. */
export const authority = (host: string, port: number): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** The URL of a server, without a path. */
export const serverUrl = (host: string, port: number): string => `http://${authority(host, port)}`;

/**
 * Makes sure that nobody listens on a port yet.
 *
 * @throws UsageError if somebody does, or if the address is none of this machine's
 */
export async function assertFree(host: string, port: number): Promise<void> {
  try {
    await listen(host, port);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new UsageError(
      code === "EADDRINUSE"
        ? `port ${port} of ${host} is taken by another program; set PORT to use another.`
        : `cannot listen on port ${port} of ${host} (${code}).`,
    );
  }
}

/** A port of the loopback interface on which nobody listens. */
export function freePort(): Promise<number> {
  return listen("127.0.0.1", 0);
}

/** Listens for a moment, and tells on which port. */
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
 * Waits until a URL answers 200.
 *
 * @throws UsageError with the last answer if it never does
 */
export async function untilReady(url: string): Promise<void> {
  let deadline = Date.now() + START_MS;
  let answer = "no answer";
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(START_MS) });
      const body = await response.text();
      if (response.status === 200) return;
      if (answer === "no answer") deadline = Date.now() + REFUSAL_MS;
      answer = `${response.status} ${body.trim()}`;
      await sleep(500);
    } catch {
      // It does not listen yet.
      await sleep(50);
    }
  }
  throw new UsageError(`GET ${url} should answer 200, but: ${answer}`);
}

/** Says that the service answers now. Whoever started it may wait for this line. */
export function announceReady(url: string, strategy: string | undefined): void {
  if (strategy === "noauth") {
    console.warn("AUTH_STRATEGY=noauth: anybody is whoever they say they are. For development alone.");
  }
  console.log(`volume-transfers: ready on ${url}`);
}
