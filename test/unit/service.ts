import { env } from "cloudflare:test";
import { expect } from "vitest";
import { app } from "../../src/app.ts";

/** Tokens of two projects that have nothing to do with each other. */
export const ALICE = "alice:alpha";
export const BOB = "bob:beta";

const BINDINGS: Readonly<Record<string, unknown>> = { ...env };

/** One request to the whole service: no token, and microversion 3.0, unless headers say otherwise. */
export const request = async (
  path: string,
  init: RequestInit = {},
  bindings: Readonly<Record<string, unknown>> = BINDINGS,
): Promise<Response> => app.request(path, init, bindings);

/** Posts JSON (or, given a string, just that) at the microversion that the contract was recorded at. */
export const post = (path: string, body: unknown, token = ALICE, headers = {}): Promise<Response> =>
  request(path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: {
      "Content-Type": "application/json",
      "OpenStack-API-Version": "volume 3.57",
      "X-Auth-Token": token,
      ...headers,
    },
  });

/** A new volume of 1 GiB of Alice's. */
export async function makeVolume(): Promise<string> {
  const response = await post("/v3/volumes", { volume: { size: 1 } });
  const { volume } = await response.json<{ volume: { id: string } }>();
  return volume.id;
}

/** A new volume of Alice's, offered for transfer. */
export async function makeOffer(): Promise<{ readonly id: string; readonly auth_key: string }> {
  const response = await post("/v3/volume-transfers", { transfer: { volume_id: await makeVolume() } });
  const { transfer } = await response.json<{ transfer: { id: string; auth_key: string } }>();
  return transfer;
}

/** The error, to expect, of a configuration that is refused for what `message` tells. */
export const refused = (message: string): Error =>
  expect.objectContaining({ name: "ConfigurationError", message });
