/** Returns a path in which, as in Cinder, repeated slashes count as one. */
export const singleSlashes = (path: string): string =>
  path.includes("//") ? path.replaceAll(/\/{2,}/g, "/") : path;

/**
 * Returns a path without the format that Cinder accepts at the end of each path of the API: `/v3/volumes.json`. It is
 * part of a name that has nothing before it.
 *
 * @param path a path in a region, with single slashes
 */
export const withoutFormat = (path: string): string =>
  path.endsWith(".json") && path.startsWith("/v3/") && !path.endsWith("/.json")
    ? path.slice(0, -".json".length)
    : path;
