import { hc } from "hono/client";

export { DetailedError, parseResponse } from "hono/client";

import type { app } from "./app.ts";

/**
 * The type of the API, for `hono/client`.
 *
 * @example
 * ```ts
 * const service = hc<VolumeTransfers>("https://volumes.example", { headers: { "X-Auth-Token": token } });
 * const response = await service.v3.volumes.$get({ query: { limit: "10" } });
 * ```
 */
export type VolumeTransfers = typeof app;

/** The token and the microversion that a client sends with each request. */
export interface ClientOptions {
  /** A token of the configured `AUTH_STRATEGY`, sent as `X-Auth-Token`. */
  readonly token: string;
  /** The microversion to request, sent as `OpenStack-API-Version`. By default no version is sent: 3.0 applies. */
  readonly microversion?: `3.${number}` | "latest";
}

/**
 * Creates a typed client of the operations under `/v3`. Requests name no project in their path: they apply to
 * the project of the token.
 *
 * Each operation resolves to a `Response` whatever its status. `parseResponse` of `hono/client` returns the typed body
 * of a successful response, and throws `DetailedError` for any other. This module exports both.
 *
 * @param service the URL of the service, without `/v3`
 * @param options the token and the microversion
 * @returns the operations, by path and method
 * @example
 * ```ts
 * import { parseResponse } from "hono/client";
 *
 * const alice = createClient("http://127.0.0.1:8776", { token: "alice:alpha", microversion: "3.57" });
 * const { transfer } = await parseResponse(
 *   alice["volume-transfers"].$post({ json: { transfer: { volume_id, name: "handoff" } } }),
 * );
 * console.log(transfer.id, transfer.auth_key);
 * ```
 */
export function createClient(service: string, { token, microversion }: ClientOptions) {
  const headers: Record<string, string> = { "X-Auth-Token": token };
  if (microversion !== undefined) headers["OpenStack-API-Version"] = `volume ${microversion}`;
  return hc<VolumeTransfers>(service, { headers }).v3;
}
