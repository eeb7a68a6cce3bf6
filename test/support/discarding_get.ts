import { Agent, get } from "node:http";

/** The status of a response whose body was discarded. */
export interface Discarded {
  /** 0 if there was no response. */
  readonly status: number;
  /** The bytes of the body. */
  readonly bytes: number;
  /** Milliseconds to the end of the body. */
  readonly ms: number;
}

/** Connections that are kept, as many as there are requests at once. */
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Sends a GET, and discards the body: to parse and check it would take the time that is to be measured. */
export function discardingGet(url: string, headers: Readonly<Record<string, string>>): Promise<Discarded> {
  const started = performance.now();
  return new Promise((resolve) => {
    let bytes = 0;
    const end = (status: number) => resolve({ status, bytes, ms: performance.now() - started });
    get(url, { headers, agent }, (response) => {
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () => end(response.statusCode ?? 0)).on("error", () => end(0));
    }).on("error", () => end(0));
  });
}
