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
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const signals = signal === undefined ? [timeout.signal] : [signal, timeout.signal];
  try {
    return await fetch(
      url + path,
      { ...request, redirect: "manual", signal: AbortSignal.any(signals) },
      from,
    );
  } catch (error) {
    if (timeout.signal.aborted)
      throw new Fault(504, `Cinder did not answer within ${timeoutMs} ms. Try again.`);
    if (signal?.aborted !== true) {
      const id = request.headers.get("X-OpenStack-Request-ID");
      logEvent("cinder_unavailable", { global_request_id: id, ...errorFields(error) });
    }
    throw new Fault(502, "Cinder is unavailable, or broke the connection. Try again.");
  } finally {
    clearTimeout(timer);
  }
}
