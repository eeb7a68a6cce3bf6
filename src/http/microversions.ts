import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";
import { badRequest, Fault } from "./faults.ts";

/** The minor number of a microversion; the major is always 3. */
export type Microversion = number;

export const MIN_MICROVERSION: Microversion = 0;
export const MAX_MICROVERSION: Microversion = 71;

/** The microversions that change what this service answers, by the names that Cinder gives them. */
export const GROUP_VOLUME: Microversion = 13;
export const GROUP_SNAPSHOTS: Microversion = 14;
export const VOLUME_DETAIL_PROVIDER_ID: Microversion = 21;
export const SNAPSHOT_LIST_USER_ID: Microversion = 41;
export const VOLUME_SHARED_TARGETS_AND_SERVICE_FIELDS: Microversion = 48;
export const SUPPORT_VOLUME_SCHEMA_CHANGES: Microversion = 53;
export const TRANSFER_WITH_SNAPSHOTS: Microversion = 55;
export const TRANSFER_WITH_HISTORY: Microversion = 57;
export const SUPPORT_TRANSFER_PAGINATION: Microversion = 59;
export const VOLUME_CLUSTER_NAME: Microversion = 61;
export const VOLUME_TYPE_ID_IN_VOLUME_DETAIL: Microversion = 63;
export const USE_QUOTA: Microversion = 65;

const HEADER = "OpenStack-API-Version";
const SERVICE = "volume";

/** `3.57`, as it stands in headers and documents. */
export const versionString = (microversion: Microversion): string => `3.${microversion}`;

/**
 * The microversion that an `OpenStack-API-Version` header asks for; without the header, the oldest.
 *
 * @throws Fault 400 where the header has no version of the volume service or an unreadable one, 406 for a version
 *   out of range
 */
export function requestedMicroversion(header: string | undefined): Microversion {
  if (header === undefined) return MIN_MICROVERSION;
  const asked = header
    .split(",")
    .map((one) => one.trim().split(/\s+/))
    .find(([service]) => service === SERVICE);
  const [, version, ...rest] = asked ?? [];
  if (version === undefined || rest.length > 0) {
    throw badRequest(
      "The server could not comply with the request since it is either malformed or otherwise incorrect. " +
        `${HEADER} must be of the form '${SERVICE} ${versionString(MAX_MICROVERSION)}'.`,
    );
  }
  if (version === "latest") return MAX_MICROVERSION;
  const [, major, minor] = /^([1-9]\d*)\.(0|[1-9]\d*)$/.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    throw badRequest(
      `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  if (major !== "3" || Number(minor) > MAX_MICROVERSION) {
    throw new Fault(
      406,
      `Version ${version} is not supported by the API. Minimum is ${versionString(MIN_MICROVERSION)} and ` +
        `maximum is ${versionString(MAX_MICROVERSION)}.`,
      // Cinder takes a version that has 1.0 or 2.0 in it for one of its retired APIs, which had no such header.
      /[12]\.0/.test(version) ? {} : microversionHeaders(version),
    );
  }
  return Number(minor);
}

/** The headers that tell which version answered. */
export const microversionHeaders = (version: string): Record<string, string> => ({
  [HEADER]: `${SERVICE} ${version}`,
  Vary: HEADER,
});

/** Reads the microversion into `c.var.microversion`, and tells it in the answer. */
export const negotiate = createMiddleware<AppEnv>(async (c, next) => {
  const microversion = requestedMicroversion(c.req.header(HEADER));
  c.set("microversion", microversion);
  c.header(HEADER, `${SERVICE} ${versionString(microversion)}`);
  c.header("Vary", HEADER, { append: true });
  await next();
});
