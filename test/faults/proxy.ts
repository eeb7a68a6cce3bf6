import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { serverUrl } from "../../src/cli/servers/ready.ts";

/**
 * What befalls an exchange with the database: it is lost on the way there, its answer is lost on the way back, or the
 * answer takes as many milliseconds longer.
 */
export type Fault = "request lost" | "answer lost" | { readonly delayMs: number };

/** What the statements of an exchange do. */
export type ExchangeKind = "read" | "write";

/** Stands between the Worker and a libSQL server, passes everything on, and has faults when told to. */
export interface DatabaseProxy {
  readonly url: string;
  /** How many exchanges there were. */
  readonly exchanges: Readonly<Record<ExchangeKind, number>>;
  /** Decides what befalls an exchange; undefined is nothing. */
  fault: (kind: ExchangeKind) => Fault | undefined;
  close(): void;
}

/** Starts a proxy in front of a libSQL server. The server may come and go. */
export async function startProxy(target: string): Promise<DatabaseProxy> {
  const agent = new Agent({ keepAlive: true });
  const exchanges = { read: 0, write: 0 };
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing).catch(() => incoming.socket.destroy());
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const kind = kindOf(body.toString());
    exchanges[kind]++;
    const fault = proxy.fault(kind);
    if (fault === "request lost") {
      incoming.socket.destroy();
      return;
    }
    const { method, headers } = incoming;
    const onward = request(target + incoming.url, { agent, method, headers });
    onward.end(body);
    const [response]: IncomingMessage[] = await once(onward, "response");
    if (response === undefined) throw new Error("no response");
    const answer = await read(response);
    if (fault === "answer lost") {
      incoming.socket.destroy();
      return;
    }
    if (fault !== undefined) await sleep(fault.delayMs);
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    outgoing.end(answer);
  }

  // As the server behind it does, keep connections open: one that is closed while a request is on its way loses it.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxy: DatabaseProxy = {
    url: serverUrl("127.0.0.1", address.port),
    exchanges,
    fault: () => undefined,
    close() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

/** The first so many exchanges of a kind have a fault, and those after them none. */
export function first(times: number, kind: ExchangeKind, fault: Fault): DatabaseProxy["fault"] {
  let left = times;
  return (exchange) => {
    if (exchange !== kind || left === 0) return undefined;
    left--;
    return fault;
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The statements are in the body, as JSON. */
const kindOf = (body: string): ExchangeKind =>
  /"sql":\s*"\s*(insert|update|delete|begin immediate)/i.test(body) ? "write" : "read";
