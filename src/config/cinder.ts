import * as z from "zod/mini";
import type { IdentityConfig } from "./identity.ts";
import { httpUrl, text, wholeNumber } from "./values.ts";

export const cinderVariables = z.object({
  CINDER_URL: z.optional(httpUrl),
  // Less than the time after which `host/server.ts` closes a connection on which nothing moves.
  CINDER_TIMEOUT_MS: wholeNumber(60_000, 1, 100_000),
  CINDER_CREDENTIAL_ID: z.optional(text),
  CINDER_CREDENTIAL_SECRET: z.optional(text),
});

/**
 * Sends a request to Cinder as `fetch` does. The host passes one of its own as a binding.
 *
 * @param from the request whose body is sent; undefined for that of `init`
 */
export type CinderFetch = (url: string, init: RequestInit, from: Request | undefined) => Promise<Response>;

/** The Cinder that a region stands in front of. */
export interface CinderConfig {
  /** Without `/v3` and a trailing slash, such as `http://controller:8776` or `https://cloud.example/volume`. */
  readonly url: string;
  /** The path of the URL, such as `/volume`; empty without one. Cinder's links have it. */
  readonly path: string;
  /** The time that Cinder has to begin its response, milliseconds. */
  readonly timeoutMs: number;
  /** The application credential of the sweep; undefined if it has none. */
  readonly credential: { readonly id: string; readonly secret: string } | undefined;
  readonly fetch: CinderFetch;
}

/**
 * Returns undefined for a region that has volumes of its own.
 *
 * @param send sends the requests
 * @param problems receives a message for each rule between variables that is broken
 */
export function readCinder(
  variables: z.output<typeof cinderVariables>,
  { strategy }: IdentityConfig,
  send: CinderFetch | undefined,
  problems: string[],
): CinderConfig | undefined {
  const { CINDER_URL: url, CINDER_CREDENTIAL_ID: id, CINDER_CREDENTIAL_SECRET: secret } = variables;
  if (id !== undefined && secret === undefined) {
    problems.push("CINDER_CREDENTIAL_SECRET must be set for CINDER_CREDENTIAL_ID");
  }
  if (secret !== undefined && id === undefined) {
    problems.push("CINDER_CREDENTIAL_ID must be set for CINDER_CREDENTIAL_SECRET");
  }
  if (url === undefined) return undefined;
  if (strategy !== "keystone") {
    problems.push("AUTH_STRATEGY must be keystone for CINDER_URL: Cinder takes no other tokens");
  }
  // With or without the version, since operators copy it from the catalog.
  const root = url.replace(/\/v3$/, "");
  return {
    url: root,
    path: new URL(root).pathname.replace(/\/$/, ""),
    timeoutMs: variables.CINDER_TIMEOUT_MS,
    credential: id === undefined || secret === undefined ? undefined : { id, secret },
    fetch: send ?? fetchDirectly,
  };
}

/** Calls the global `fetch`, which workerd refuses to call as a method of another object. */
const fetchDirectly: CinderFetch = (url, init, from) =>
  fetch(url, from === undefined ? init : { ...init, body: from.body });
