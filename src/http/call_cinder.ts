import type { CinderConfig } from "../config/config.ts";
import { Fault } from "./faults.ts";
import { errorFields, logEvent } from "./log.ts";

/** A request to Cinder. */
interface CinderRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string | undefined;
  /** The request whose body is sent, in place of `body`. */
  readonly from?: Request | undefined;
  /** Aborts the request when the client has gone away. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to Cinder.
 *
 * @param path the path below the URL of Cinder, with the query
 * @param read reads the response, in the same time limit
 * @throws Fault 502 if Cinder is away or breaks the connection, 504 if it does not answer in time. Either way it may
 *   have carried out the request.
 */
export async function callCinder<T>(
  { url, timeoutMs, fetch }: CinderConfig,
  path: string,
  { from, signal, body, ...request }: CinderRequest,
  read: (response: Response) => T,
): Promise<Awaited<T>> {
  // `AbortSignal.any` makes much garbage.
  const ended = new AbortController();
  const end = () => ended.abort();
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeoutMs);
  try {
    const init = { ...request, ...(body !== undefined && { body }), signal: ended.signal };
    // A redirect would send the token to another origin.
    return await read(await fetch(url + path, { ...init, redirect: "manual" }, from));
  } catch (error) {
    if (signal?.aborted !== true) {
      const id = request.headers.get("X-OpenStack-Request-ID");
      logEvent("cinder_unavailable", { global_request_id: id, ...errorFields(error) });
    }
    throw isLate
      ? new Fault(504, `Cinder did not answer within ${timeoutMs} ms. Try again.`)
      : new Fault(502, "Cinder is unavailable, or broke the connection. Try again.");
  } finally {
    clearTimeout(timer);
  }
}
