import autocannon from "autocannon";
import { percentile } from "../support/statistics.ts";

/** A request of the sequence that each connection repeats. */
export interface Step {
  readonly method: "GET" | "POST" | "DELETE";
  /** Called for each request, since it may depend on earlier responses. */
  readonly request: () => { path: string; headers?: Record<string, string>; body?: unknown };
  /** The expected status of the response. */
  readonly status: number;
  readonly onResponse?: (body: string) => void;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly requests: number;
}

/**
 * Runs a closed loop: each connection waits for a response before it sends its next request.
 *
 * @param steps returns the sequence of requests of a connection
 * @throws Error if a response has another status than expected
 */
export async function runLoad(
  url: string,
  connections: number,
  seconds: number,
  steps: (connection: number) => readonly Step[],
): Promise<LoadResult> {
  let connection = 0;
  const unexpected: string[] = [];
  const toRequest = (step: Step): autocannon.Request => ({
    method: step.method,
    setupRequest: (request) => {
      const { path, headers = {}, body } = step.request();
      return {
        ...request,
        path,
        headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
    },
    onResponse: (status, body) => {
      if (status === step.status) step.onResponse?.(body);
      else unexpected.push(`${step.method}: ${status} ${body}`);
    },
  });
  // The percentiles of autocannon's result are whole milliseconds.
  const times: number[] = [];
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient(client) {
      client.setRequests(steps(connection++).map(toRequest));
      client.on("response", (_status, _bytes, ms) => times.push(ms));
    },
  });
  const errors = result.errors + result.timeouts;
  if (unexpected.length > 0 || errors > 0) {
    throw new Error(
      `${unexpected.length} unexpected responses, ${errors} connection errors: ${unexpected[0] ?? ""}`,
    );
  }
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    requests: result.requests.total,
  };
}
