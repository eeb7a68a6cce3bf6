import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** OpenStack's names of faults, by status; every other status is a `computeFault`. */
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

/** Returns the name of a fault's object in the body. A 401 has Keystone's format. */
export const faultName = (status: ContentfulStatusCode): string =>
  status === 401 ? "error" : (FAULT_NAMES[status] ?? "computeFault");

/** An error response: the status, a message for the user, and headers. */
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

/**
 * Makes a 400: the request is malformed.
 *
 * @example
 * throw badRequest("Malformed request url");
 */
export const badRequest = (message: string): Fault => new Fault(400, message);

/**
 * Makes a 400: the request conflicts with the state of a resource. The message has the form of Cinder's exceptions.
 *
 * @example
 * throw invalid("volume", "status must be available"); // 400, "Invalid volume: status must be available"
 */
export const invalid = (what: "volume" | "snapshot" | "auth key" | "input received", reason: string): Fault =>
  badRequest(`Invalid ${what}: ${reason}`);

/**
 * Makes a 404: the resource does not exist, or the caller may not see it. The two responses must not differ.
 *
 * @example
 * throw notFound("Volume", id);
 */
export const notFound = (
  kind: "Volume" | "Snapshot" | "Transfer" | "Volume type" | "Event" | "Group" | "GroupSnapshot",
  id: string,
): Fault => new Fault(404, `${kind} ${id} could not be found.`);

/** Makes a 404 for a path that does not exist, or not at the request's microversion. */
export const resourceNotFound = (): Fault => new Fault(404, "The resource could not be found.");

/** Makes a 409: another request changes the resource at this time. The client may retry. */
export const conflict = (message: string): Fault => new Fault(409, message, { "Retry-After": "1" });

/** Makes a 405: the path exists, and has only other methods. */
export const methodNotAllowed = (allowed: readonly string[]): Fault =>
  new Fault(405, `This method is not allowed here; allowed: ${allowed.join(", ")}.`, {
    Allow: allowed.join(", "),
  });

/** Makes a 413: a quota is exceeded. As in Cinder it has `Retry-After: 0`, which clients expect. */
export const overLimit = (message: string): Fault => new Fault(413, message, { "Retry-After": "0" });

/** Makes a 429: the caller's project sends too many requests. */
export const tooManyRequests = (reason: string): Fault =>
  new Fault(429, `This request was rate-limited: ${reason}.`, { "Retry-After": "60" });

/**
 * Makes a 401 with Keystone's message.
 *
 * @param challenge the value of `WWW-Authenticate`: where tokens come from
 */
export const unauthorized = (challenge: string): Fault =>
  new Fault(401, "The request you have made requires authentication.", { "WWW-Authenticate": challenge });

/** Makes a 503: a dependency is unavailable, or the service is overloaded. The client may retry. */
export const serviceUnavailable = (message: string): Fault => new Fault(503, message, { "Retry-After": "2" });

/** Makes a 500: a bug. Its details are for the log. */
export const internalError = (): Fault =>
  new Fault(500, "The server has either erred or is incapable of performing the requested operation.");

/** Makes the body of a fault: one object, named after the status. */
export function faultBody({ status, message, headers }: Fault) {
  const retryAfter = faultName(status) === "overLimit" ? headers["Retry-After"] : undefined;
  return {
    [faultName(status)]: {
      code: status,
      ...(status === 401 && { title: "Unauthorized" }),
      message,
      ...(retryAfter !== undefined && { retryAfter }),
    },
  };
}

/** Makes the response of a fault. */
export const faultResponse = (c: Context, fault: Fault): Response =>
  c.json(faultBody(fault), fault.status, fault.headers);
