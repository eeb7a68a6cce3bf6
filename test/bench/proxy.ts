import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What passed between a Worker and its libSQL server. */
export interface Exchange {
  /** Hrana's pipeline request, and its answer, as JSON. */
  readonly request: string;
  readonly answer: string;
}

/** Stands between a Worker and a libSQL server, and passes everything on. */
export interface DatabaseProxy {
  readonly url: string;
  /** What has passed since the last time this was called. */
  exchanges(): Exchange[];
  close(): void;
}

/**
 * Starts a proxy.
 *
 * @param target the libSQL server's URL
 * @param delayMs what it adds to each exchange, milliseconds
 */
export async function startProxy(target: string, delayMs = 0): Promise<DatabaseProxy> {
  let passed: Exchange[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer(async (incoming, outgoing) => {
    const body: Buffer[] = [];
    for await (const chunk of incoming) body.push(chunk);
    const { host: _, ...headers } = incoming.headers;
    const onward = request(target + incoming.url, { method: incoming.method ?? "GET", headers, agent });
    onward.end(Buffer.concat(body));
    const [response] = await once(onward, "response");
    const answer: Buffer[] = [];
    for await (const chunk of response) answer.push(chunk);
    if (delayMs > 0) await sleep(delayMs);
    passed.push({
      request: Buffer.concat(body).toString(),
      answer: Buffer.concat(answer).toString(),
    });
    outgoing.writeHead(response.statusCode, { "content-type": response.headers["content-type"] });
    outgoing.end(Buffer.concat(answer));
  });
  // A connection that is closed while a request is on its way loses it.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    exchanges: () => {
      const since = passed;
      passed = [];
      return since;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
    },
  };
}

/** How many rows a libSQL server says that it read, and wrote, for an exchange. */
export const rowsOf = ({ answer }: Exchange): { read: number; written: number } => {
  const sum = (name: string) =>
    [...answer.matchAll(new RegExp(`"${name}":(\\d+)`, "g"))].reduce(
      (all, [, rows]) => all + Number(rows),
      0,
    );
  return { read: sum("rows_read"), written: sum("rows_written") };
};
