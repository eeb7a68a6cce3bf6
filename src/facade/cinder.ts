import type { CinderConfig } from "../config/config.ts";
import { Fault } from "../http/faults.ts";
import { errorFields, logEvent } from "../http/log.ts";

/** A request to Cinder. */
interface CinderRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
  /** The request whose body is sent, in place of `body`. */
  readonly from?: Request | undefined;
  /** Aborts the request when the client has gone away. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to Cinder, and returns when its response begins.
 *
 * @param path the path below the URL of Cinder, with the query
 * @throws Fault 502 if Cinder is away or breaks the connection, 504 if it does not answer in time. Either way it may
 *   have carried out the request.
 */
export async function callCinder(
  { url, timeoutMs, fetch }: CinderConfig,
  path: string,
  { from, signal, ...request }: CinderRequest,
): Promise<Response> {
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
    return await fetch(url + path, { ...request, redirect: "manual", signal: ended.signal }, from);
  } catch (error) {
    if (isLate) throw new Fault(504, `Cinder did not answer within ${timeoutMs} ms. Try again.`);
    if (signal?.aborted !== true) {
      const id = request.headers.get("X-OpenStack-Request-ID");
      logEvent("cinder_unavailable", { global_request_id: id, ...errorFields(error) });
    }
    throw new Fault(502, "Cinder is unavailable, or broke the connection. Try again.");
  } finally {
    clearTimeout(timer);
  }
}
