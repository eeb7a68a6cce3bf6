import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const HOST = "127.0.0.1";

/** Opens connections, and closes them after some work. */
export async function withSockets<T>(
  port: number,
  count: number,
  work: (sockets: readonly Socket[]) => Promise<T>,
): Promise<T> {
  const sockets: Socket[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const socket = connect(port, HOST);
      // The service may close any of them at any time.
      socket.on("error", () => {});
      sockets.push(socket);
      if (i % 50 === 49) await sleep(10);
    }
    await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, "connect") : undefined)));
    return await work(sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** Sends text on a connection, and returns what the service responds before it closes the connection or goes silent. */
export async function exchange(port: number, text: string, silenceMs = 1500): Promise<string> {
  return withSockets(port, 1, async ([socket]) => {
    if (socket === undefined) throw new Error("there is no connection");
    let response = "";
    let last = performance.now();
    socket.on("data", (chunk) => {
      response += chunk.toString("latin1");
      last = performance.now();
    });
    let closed = false;
    socket.on("close", () => {
      closed = true;
    });
    socket.write(text, "latin1");
    while (!closed && performance.now() - last < silenceMs) await sleep(20);
    return response;
  });
}

/** Formats the head of a request. */
export const head = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string =>
  `${[`${method} ${path} HTTP/1.1`, ...Object.entries({ Host: HOST, ...headers }).map(([name, value]) => `${name}: ${value}`)].join("\r\n")}\r\n\r\n`;

/** Returns the status of a response; 0 if there is none. */
export const statusOf = (response: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1] ?? 0);
