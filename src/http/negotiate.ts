import { createMiddleware } from "hono/factory";
import { type AppEnv, ifSet } from "./context.ts";
import { badRequest, Fault } from "./faults.ts";
import { MAX_MICROVERSION, MIN_MICROVERSION, type Microversion, versionString } from "./microversions.ts";

const HEADER = "OpenStack-API-Version";
const SERVICE = "volume";

/**
 * Parses the `OpenStack-API-Version` header. Without the header the microversion is the oldest.
 *
 * @param newest the newest microversion that is served
 * @throws Fault 400 if the version of the volume service is missing or malformed, 406 if it is out of range
 */
export function requestedMicroversion(
  header: string | undefined,
  newest: Microversion = MAX_MICROVERSION,
): Microversion {
  if (header === undefined) return MIN_MICROVERSION;
  const asked = header
    .split(",")
    .map((one) => one.trim().split(/\s+/))
    // As in Cinder, every name that contains `volume` names the service, such as that of the catalog, `volumev3`.
    .find(([service]) => service?.includes(SERVICE));
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
  if (major !== "3" || Number(minor) > newest) {
    throw new Fault(
      406,
      `Version ${version} is not supported by the API. Minimum is ${versionString(MIN_MICROVERSION)} and ` +
        `maximum is ${versionString(MAX_MICROVERSION)}.`,
      // Cinder mistakes a version that contains 1.0 or 2.0 for one of its retired APIs, which had no such header.
      /[12]\.0/.test(version) ? {} : microversionHeaders(version),
    );
  }
  return Number(minor);
}

/** Returns the response headers for a version. */
export const microversionHeaders = (version: string): Record<string, string> => ({
  [HEADER]: `${SERVICE} ${version}`,
  Vary: HEADER,
});

/** Sets `c.var.microversion`, and returns the version in the response. */
export const negotiate = createMiddleware<AppEnv>((c, next) => {
  // A Cinder may know newer ones.
  const newest = ifSet(c, "config")?.cinder === undefined ? MAX_MICROVERSION : Number.POSITIVE_INFINITY;
  const microversion = requestedMicroversion(c.req.header(HEADER), newest);
  c.set("microversion", microversion);
  c.header(HEADER, `${SERVICE} ${versionString(microversion)}`);
  c.header("Vary", HEADER, { append: true });
  return next();
});
