import type { Context } from "hono";
import { type AppEnv, ifSet } from "./context.ts";
import { badRequest, Fault } from "./faults.ts";
import { Leases } from "./leases.ts";

/** The largest body, bytes: Cinder's `osapi_max_request_body_size`. */
const MAX_BYTES = 114_688;
/** The most values (members and items) in a body, so that validation takes time in proportion to a small number. */
const MAX_VALUES = 1024;
/** The number of bodies that one instance of the Worker reads at once, and of one project. */
const readers = new Leases({
  total: 512,
  perKey: 256,
  // More than the longest BODY_TIMEOUT_MS.
  leaseMs: 30_000,
  refusal: "The service is reading too many request bodies, and yours is the oldest of them. Try again.",
});

const MEDIA_TYPES = ["application/json", "application/vnd.openstack.volume+json"];

/**
 * Reads and parses the request's body, once: later calls return the same. Bodies are read outside the slots of requests
 * in flight, so that slow clients cannot occupy those.
 *
 * @returns the JSON value; undefined for a request without a body
 * @throws Fault 408 if the client is too slow, 413 for a body that is too large, 415 for one that is not declared as
 *   JSON, 400 for one that is not JSON, 503 if too many bodies are being read
 */
export async function readBody(c: Context<AppEnv>): Promise<unknown> {
  const cached = c.get("body");
  if (cached !== undefined) return cached.json;
  const json = await parse(c);
  c.set("body", { json });
  return json;
}

async function parse(c: Context<AppEnv>): Promise<unknown> {
  const { method, raw } = c.req;
  const length = c.req.header("Content-Length");
  // Neither has a body. On Node `raw.body` makes a second request and a stream, which takes as long as the other work.
  if (method === "GET" || method === "HEAD" || length === "0") return undefined;
  if (length === undefined && raw.body === null) return undefined;
  if (Number(length ?? 0) > MAX_BYTES) throw tooLarge();
  // Nobody is authenticated yet at the sign-in.
  const project_id = ifSet(c, "identity")?.project_id ?? "";
  const text = await readText(raw, length !== undefined, project_id, c.get("config").bodyTimeoutMs);
  if (text === "") return undefined;
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type === undefined || !MEDIA_TYPES.includes(type)) throw new Fault(415, "Unsupported Content-Type");
  return parseJson(text);
}

/**
 * Reads a body. If too many are being read, the oldest is given up: an honest body arrives within a round trip, so slow
 * clients displace each other.
 *
 * @param hasLength whether the request has a `Content-Length`, beyond which no server reads
 */
async function readText(
  request: Request,
  hasLength: boolean,
  project_id: string,
  timeoutMs: number,
): Promise<string> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const lease = readers.takeFromOldest(project_id, () => reject(readers.refused()));
  const timer = setTimeout(() => {
    reject(new Fault(408, `The request body did not arrive within ${timeoutMs} ms.`));
  }, timeoutMs);
  try {
    if (!hasLength && request.body !== null) return await readStream(request.body, deadline);
    return newDecoder().decode(await Promise.race([request.arrayBuffer(), deadline]));
  } catch (error) {
    if (error instanceof Fault) throw error;
    // The client has aborted the request, or sent chunks or text that are malformed.
    throw badRequest("Malformed request body");
  } finally {
    clearTimeout(timer);
    readers.release(lease);
  }
}

const newDecoder = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

async function readStream(body: ReadableStream<Uint8Array>, deadline: Promise<never>): Promise<string> {
  const reader = body.getReader();
  try {
    const decoder = newDecoder();
    let text = "";
    let bytes = 0;
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), deadline]);
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MAX_BYTES) throw tooLarge();
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // The client may have disconnected already, and then there is nothing to cancel.
    reader.cancel().catch(() => {});
    throw error;
  }
}

const tooLarge = () => new Fault(413, `Request is too large: a body may have ${MAX_BYTES} bytes.`);

/**
 * Parses a body, in time linear in its length.
 *
 * @throws Fault 400 for text that is not JSON, contains an unpaired surrogate, or has too many values
 */
export function parseJson(text: string): unknown {
  if (!hasPairedSurrogates(text)) {
    throw badRequest("Malformed request body: a text contains an unpaired surrogate.");
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badRequest("Malformed request body");
  }
  if (!hasFewValues(json)) throw badRequest(`A request body may have ${MAX_VALUES} values.`);
  return json;
}

/** Returns whether the `\u` escapes of a JSON text are well-formed: databases store no unpaired surrogates. */
function hasPairedSurrogates(text: string): boolean {
  let high = -1;
  for (const { 0: sequence, 1: hex, index } of text.matchAll(/\\(?:u([0-9a-f]{4})|.)/gis)) {
    const unit = hex === undefined ? 0 : Number.parseInt(hex, 16);
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (isLow !== (high >= 0 && index === high)) return false;
    high = unit >= 0xd800 && unit <= 0xdbff ? index + sequence.length : -1;
    if (high >= 0 && text.slice(high, high + 2).toLowerCase() !== "\\u") return false;
  }
  return true;
}

/** Returns whether a JSON value has few values. It is not recursive, since a body can be nested as deep as it is long. */
function hasFewValues(json: unknown): boolean {
  const stack: unknown[] = [json];
  let count = 0;
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value !== "object" || value === null) continue;
    for (const name in value) {
      if (++count > MAX_VALUES) return false;
      if (Object.hasOwn(value, name)) stack.push((value as Readonly<Record<string, unknown>>)[name]);
    }
  }
  return true;
}
