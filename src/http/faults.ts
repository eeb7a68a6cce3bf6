import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** The name that OpenStack gives a fault, by status; a status that is not here is a `computeFault`. */
const FAULT_NAMES: Readonly<Partial<Record<ContentfulStatusCode, string>>> = {
  400: "badRequest",
  403: "forbidden",
  404: "itemNotFound",
  405: "badMethod",
  409: "conflictingRequest",
  413: "overLimit",
  415: "badMediaType",
  429: "overLimit",
  501: "notImplemented",
  503: "serviceUnavailable",
};

/** What a fault's body is named. A 401 speaks Keystone's language. */
export const faultName = (status: ContentfulStatusCode): string =>
  status === 401 ? "error" : (FAULT_NAMES[status] ?? "computeFault");

/** A refusal, on its way to the caller: the status, a message that tells what to do, and headers. */
export class Fault extends Error {
  override readonly name = "Fault";

  readonly status: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ContentfulStatusCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** 400, the request itself is wrong. */
export const badRequest = (message: string): Fault => new Fault(400, message);

/** 400, what is asked of a resource does not go with its state; named as Cinder's exceptions read. */
export const invalid = (what: "volume" | "snapshot" | "auth key" | "input received", reason: string): Fault =>
  badRequest(`Invalid ${what}: ${reason}`);

/** 404, there is no such resource, or none that the caller may see: the two answers must not differ. */
export const notFound = (kind: "Volume" | "Snapshot" | "Transfer", id: string): Fault =>
  new Fault(404, `${kind} ${id} could not be found.`);

/** 413, a quota is exhausted. `Retry-After: 0` is Cinder's, and clients look for it. */
export const overLimit = (message: string): Fault => new Fault(413, message, { "Retry-After": "0" });

/** 429, the caller's project asks too often. */
export const tooManyRequests = (): Fault =>
  new Fault(429, "This request was rate-limited: too many accepts by your project.", { "Retry-After": "60" });

/**
 * 401 in Keystone's words.
 *
 * @param challenge tells, in `WWW-Authenticate`, where tokens come from
 */
export const unauthorized = (challenge: string): Fault =>
  new Fault(401, "The request you have made requires authentication.", { "WWW-Authenticate": challenge });

/** 503, something that this service needs is away: the same request may do soon. */
export const serviceUnavailable = (message: string): Fault => new Fault(503, message, { "Retry-After": "2" });

/** A defect, answered with a 500: the database's guards have refused what no rule of ours forbids. */
export const unexplained = (what: string): Error => new Error(`${what} was refused, and no rule says why`);

/** The answer to a fault, with OpenStack's body: one object, named after the status. */
export function faultResponse(c: Context, fault: Fault): Response {
  const { status, message, headers } = fault;
  if (status === 401) {
    return c.json({ [faultName(status)]: { code: status, title: "Unauthorized", message } }, status, headers);
  }
  const retryAfter = faultName(status) === "overLimit" ? headers["Retry-After"] : undefined;
  const body = { code: status, message, ...(retryAfter !== undefined && { retryAfter }) };
  return c.json({ [faultName(status)]: body }, status, headers);
}
