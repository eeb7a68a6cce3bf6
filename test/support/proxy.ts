import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { serverUrl } from "../../src/cli/servers/ready.ts";
import { HOST } from "./restartable_server.ts";

/**
 * A fault of one exchange with the database:
 *
 * - `request lost`: the connection breaks before the request reaches the server.
 * - `response lost`: the server executes the request, and the connection breaks before the response.
 * - `delayMs`: the response is late by this many milliseconds; with `lost`, the connection breaks then instead.
 * - `heldMs`: the request reaches the server late by this many milliseconds, although its client may have hung up.
 */
export type ExchangeFault =
  | "request lost"
  | "response lost"
  | { readonly delayMs: number; readonly lost?: true }
  | { readonly heldMs: number };

/** Whether the statements of an exchange write. */
export type ExchangeKind = "read" | "write";

/** A request of libSQL's HTTP protocol and its response, both JSON. */
export interface Exchange {
  readonly request: string;
  readonly response: string;
}

/** A proxy between a Worker and a libSQL server that counts exchanges and injects faults. */
export interface DatabaseProxy {
  readonly url: string;
  /** How many exchanges of each kind there were. */
  readonly exchanges: Readonly<Record<ExchangeKind, number>>;
  /** Returns the fault of an exchange, or undefined for none. */
  fault: (kind: ExchangeKind) => ExchangeFault | undefined;
  /** Waits until no exchange is in flight, even one whose client has hung up. */
  untilIdle(): Promise<void>;
  close(): void;
}

export interface ProxyOptions {
  /** The delay of each exchange, milliseconds. */
  readonly delayMs?: number;
  /** Receives each exchange before the Worker receives the response. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/**
 * Starts a proxy in front of a libSQL server, which may be down for a while.
 *
 * @param target the URL of the server
 */
export async function startProxy(target: string, options: ProxyOptions = {}): Promise<DatabaseProxy> {
  const { delayMs = 0, onExchange } = options;
  const agent = new Agent({ keepAlive: true });
  const exchanges = { read: 0, write: 0 };
  let inFlight = 0;
  const idle: (() => void)[] = [];
  const server = createServer((incoming, outgoing) => {
    inFlight++;
    void forward(incoming, outgoing)
      .catch(() => incoming.socket.destroy())
      .finally(() => {
        inFlight--;
        if (inFlight === 0) for (const resolve of idle.splice(0)) resolve();
      });
  });

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const kind = kindOf(body.toString());
    if (kind !== "close") exchanges[kind]++;
    const fault = kind === "close" ? undefined : proxy.fault(kind);
    if (fault === "request lost") {
      incoming.socket.destroy();
      return;
    }
    if (typeof fault === "object" && "heldMs" in fault) await sleep(fault.heldMs);
    const { method } = incoming;
    // Not compressed, since `onExchange` reads it.
    const headers = { ...incoming.headers, "accept-encoding": "identity" };
    const upstream = request(target + incoming.url, { agent, method, headers });
    upstream.end(body);
    const [response]: IncomingMessage[] = await once(upstream, "response");
    if (response === undefined) throw new Error("no response from the database");
    const content = await readBody(response);
    const late = typeof fault === "object" && "delayMs" in fault ? fault : undefined;
    const lateMs = delayMs + (late?.delayMs ?? 0);
    if (lateMs > 0) await sleep(lateMs);
    if (fault === "response lost" || late?.lost) {
      incoming.socket.destroy();
      return;
    }
    onExchange?.({ request: body.toString(), response: content.toString() });
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.end(content);
  }

  // sqld keeps connections open, too. A connection that closes while a request is on its way loses the request.
  server.keepAliveTimeout = 0;
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxy: DatabaseProxy = {
    url: serverUrl(HOST, address.port),
    exchanges,
    fault: () => undefined,
    untilIdle: () =>
      inFlight === 0 ? Promise.resolve() : new Promise<void>((resolve) => idle.push(resolve)),
    close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

/** Injects a fault into the first exchanges of a kind, and none into those after them. */
export function firstExchanges(
  count: number,
  kind: ExchangeKind,
  fault: ExchangeFault,
): DatabaseProxy["fault"] {
  let left = count;
  return (exchange) => (exchange === kind && left-- > 0 ? fault : undefined);
}

/** Returns how many rows the libSQL server reports to have read and written in an exchange. */
export const rowsOf = ({ response }: Exchange): { read: number; written: number } => {
  const sum = (name: string) =>
    [...response.matchAll(new RegExp(`"${name}":(\\d+)`, "g"))].reduce(
      (total, [, rows]) => total + Number(rows),
      0,
    );
  return { read: sum("rows_read"), written: sum("rows_written") };
};

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A request that only gives back a connection: the client sends it after a failure, and waits for no response. */
const CLOSE = /"requests":\[\{"type":"close"\}\]/;

/** A request of libSQL's HTTP protocol carries its statements as JSON. */
const kindOf = (body: string): ExchangeKind | "close" =>
  CLOSE.test(body)
    ? "close"
    : /"sql":\s*"\s*(insert|update|delete|begin immediate)/i.test(body)
      ? "write"
      : "read";
