import { Leases } from "../http/leases.ts";

/** Limits the requests that wait for an identity provider, so that others keep their slots. */
const waiting = new Leases({
  total: 256,
  // More than any timeout.
  leaseMs: 30_000,
  refusal: "Too many requests wait for the identity service. Try again.",
});

/** Work that a request has started, and that concurrent requests share. */
export interface Pending<T> {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly result: Promise<T>;
}

/** Starts work that other requests can wait for. */
export const startPending = <T>(work: () => Promise<T>): Pending<T> => ({
  startedAt: Date.now(),
  result: work(),
});

/**
 * Waits for work of another request. That request may have been terminated, and the result then never comes.
 *
 * @param patienceMs the time after its start within which the work must end, milliseconds
 * @returns undefined if it is late
 * @throws Fault 503 if too many requests wait
 * @throws the error of the work
 */
export const waitFor = <T>(
  { startedAt, result }: Pending<T>,
  patienceMs: number,
): Promise<{ readonly value: T } | undefined> =>
  waiting.run("", async () => {
    let timer: number | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, startedAt + patienceMs - Date.now()));
    });
    try {
      return await Promise.race([result.then((value) => ({ value })), late]);
    } finally {
      clearTimeout(timer);
    }
  });
