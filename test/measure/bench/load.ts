import { connect } from "node:net";
import { percentile } from "../../support/statistics.ts";

/** A request of the sequence that each connection repeats. */
export interface Step {
  readonly method: "GET" | "POST" | "DELETE";
  /** Called for each request, since it may depend on earlier responses. */
  readonly request: () => { path: string; headers?: Readonly<Record<string, string>>; body?: unknown };
  /** The expected status of the response. */
  readonly status: number;
  readonly onResponse?: (body: string) => void;
}

/** Returns the sequence of requests that a connection repeats. It leaves what it has found. */
export type Sequence = (connection: number) => readonly Step[];

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly requests: number;
}

/**
 * Runs a closed loop: each connection waits for a response before it sends its next request, and ends with the last
 * request of its sequence. The load shares the cores with the server, so it reads and writes plain sockets, which takes
 * a fraction of the CPU time of an HTTP client.
 *
 * @param pauseMs returns the pause before the next request of a connection, milliseconds
 * @throws Error if a response has another status than expected
 */
export async function runLoad(
  url: string,
  connections: number,
  seconds: number,
  sequence: Sequence,
  pauseMs: () => number = () => 0,
): Promise<LoadResult> {
  const times: number[] = [];
  const started = performance.now();
  const deadline = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      repeat(new URL(url), sequence(i), { deadline, pauseMs, times }),
    ),
  );
  return {
    requestsPerSecond: (1000 * times.length) / (performance.now() - started),
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    requests: times.length,
  };
}

/** Repeats a sequence on a connection of its own until the deadline. */
function repeat(
  url: URL,
  steps: readonly Step[],
  {
    deadline,
    pauseMs,
    times,
  }: { readonly deadline: number; readonly pauseMs: () => number; readonly times: number[] },
): Promise<void> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let next = 0;
  let sent: { readonly step: Step; readonly at: number } | undefined;
  let received: Buffer = Buffer.alloc(0);
  const send = () => {
    const at = performance.now();
    const step = steps[next];
    if (step === undefined || (next === 0 && at >= deadline)) return resolve();
    next = (next + 1) % steps.length;
    sent = { step, at };
    socket.write(formatRequest(url.host, step));
  };
  const sendAfter = (ms: number) => {
    if (ms > 0) setTimeout(send, ms);
    else send();
  };
  const receive = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const response = parseResponse(received);
    if (response === undefined || sent === undefined) return;
    const { step, at } = sent;
    times.push(performance.now() - at);
    received = Buffer.alloc(0);
    if (response.status !== step.status)
      throw new Error(`${step.method} ${step.request().path}: ${response.status} ${response.body()}`);
    step.onResponse?.(response.body());
    sendAfter(pauseMs());
  };
  // Connections that pause do not begin all at once.
  socket.on("connect", () => sendAfter(pauseMs() * Math.random()));
  socket.on("data", (chunk) => {
    try {
      receive(chunk);
    } catch (error) {
      reject(error);
    }
  });
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("the server has closed a connection")));
  return promise.finally(() => socket.destroy());
}

function formatRequest(host: string, { method, request }: Step): string {
  const { path, headers = {}, body } = request();
  let head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  if (method === "GET") return `${head}\r\n`;
  // As OpenStack's clients do also without a body.
  const json = body === undefined ? "" : JSON.stringify(body);
  return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

/**
 * Parses a response that has a length or comes in chunks. Its body is decoded only if it is called for.
 *
 * @returns undefined if the response is not complete
 */
function parseResponse(
  received: Buffer,
): { readonly status: number; readonly body: () => string } | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = received.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const start = end + 4;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (length !== undefined) {
    const stop = start + Number(length);
    return received.length < stop
      ? undefined
      : { status, body: () => received.toString("utf8", start, stop) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body: () => "" };
  if (received.toString("latin1", received.length - 5) !== "0\r\n\r\n") return undefined;
  return { status, body: () => joinChunks(received.subarray(start)) };
}

function joinChunks(body: Buffer): string {
  const parts: Buffer[] = [];
  for (let from = 0; ; ) {
    const line = body.indexOf("\r\n", from);
    const length = Number.parseInt(body.toString("latin1", from, line), 16);
    if (!(length > 0)) return Buffer.concat(parts).toString();
    parts.push(body.subarray(line + 2, line + 2 + length));
    from = line + 2 + length + 2;
  }
}
