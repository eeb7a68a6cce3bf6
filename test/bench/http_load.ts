import autocannon from "autocannon";

/** A request of a sequence that every connection repeats. */
export interface Step {
  readonly method: "GET" | "POST" | "DELETE";
  /** Made anew for each request: it may depend on the answers before. */
  readonly request: () => { path: string; headers?: Record<string, string>; body?: unknown };
  readonly status: number;
  readonly answered?: (body: string) => void;
}

/** What a load has shown. */
export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
}

/**
 * Keeps so many connections busy for so many seconds.
 *
 * @param steps makes the sequence of one connection, which then repeats it
 * @throws Error if an answer is not the one that is expected
 */
export async function load(
  url: string,
  connections: number,
  seconds: number,
  steps: (connection: number) => readonly Step[],
): Promise<Measured> {
  let connection = 0;
  const wrong: string[] = [];
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient: (client) => {
      client.setRequests(
        steps(connection++).map((step) => ({
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
            if (status === step.status) step.answered?.(body);
            else wrong.push(`${step.method}: ${status} ${body}`);
          },
        })),
      );
    },
  });
  const failures = result.errors + result.timeouts;
  if (wrong.length > 0 || failures > 0) {
    throw new Error(`${wrong.length} wrong answers, ${failures} failures: ${wrong[0] ?? ""}`);
  }
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests: result.requests.total,
  };
}
