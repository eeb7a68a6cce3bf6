import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

/** What the exchanges with a libSQL server have cost since the last time somebody asked. */
export interface Cost {
  roundTrips: number;
  rowsRead: number;
}

/** The path at which a meter tells the cost, and begins anew. */
const COST = "/cost-since-last-asked";

/** What `npm run serve` asks for every minute, of its own accord, has this in it. */
const SWEEP = JSON.stringify(`order by "transfers"."expires_at"`).slice(1, -1);

/** What the meter at `url` has counted. */
export async function costSinceLastAsked(url: string): Promise<Cost> {
  const response = await fetch(url + COST);
  return (await response.json()) as Cost;
}

/**
 * Stands between the Worker and a libSQL server, passes everything on, and counts exchanges and the rows that the
 * server says it read.
 */
export async function meter(target: string): Promise<{ url: string; close: () => void }> {
  let cost: Cost = { roundTrips: 0, rowsRead: 0 };
  const server = createServer(async (request, answer) => {
    if (request.url === COST) {
      answer.end(JSON.stringify(cost));
      cost = { roundTrips: 0, rowsRead: 0 };
      return;
    }
    const asked = request.method === "POST" ? await read(request) : null;
    const response = await fetch(target + request.url, {
      method: request.method ?? "GET",
      headers: { "content-type": request.headers["content-type"] ?? "application/json" },
      body: asked,
    });
    const body = Buffer.from(await response.arrayBuffer());
    if (!asked?.includes(SWEEP)) {
      cost.roundTrips++;
      cost.rowsRead += rowsRead(body.toString());
    }
    answer.writeHead(response.status, { "content-type": response.headers.get("content-type") ?? "" });
    answer.end(body);
  });
  // As the server behind it does, keep connections open: one that is closed while a request is on its way loses it.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the meter has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Every statement's result in a Hrana answer says how many rows it read. */
const rowsRead = (body: string): number =>
  [...body.matchAll(/"rows_read":(\d+)/g)].reduce((sum, [, rows]) => sum + Number(rows), 0);
