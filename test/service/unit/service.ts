import { env } from "cloudflare:test";
import { expect } from "vitest";
import { app } from "../../../src/app.ts";

/** Tokens of two projects. */
export const ALICE = "alice:alpha";
export const BOB = "bob:beta";

const BINDINGS: Readonly<Record<string, unknown>> = { ...env };

/** Sends a request to the app, without a token and at microversion 3.0 unless headers say otherwise. */
export const request = async (
  path: string,
  init: RequestInit = {},
  bindings: Readonly<Record<string, unknown>> = BINDINGS,
): Promise<Response> => app.request(path, init, bindings);

/** Posts an object as JSON, or a text as it is, at microversion 3.57. */
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

/** Creates a volume of Alice, of 1 GiB. */
export async function createVolume(): Promise<string> {
  const response = await post("/v3/volumes", { volume: { size: 1 } });
  const { volume } = await response.json<{ volume: { id: string } }>();
  return volume.id;
}

/** Creates a volume of Alice, and a transfer of it. */
export async function createTransfer(): Promise<{ readonly id: string; readonly auth_key: string }> {
  const response = await post("/v3/volume-transfers", { transfer: { volume_id: await createVolume() } });
  const { transfer } = await response.json<{ transfer: { id: string; auth_key: string } }>();
  return transfer;
}

/** Returns a matcher of the error for an invalid configuration. */
export const refused = (message: string): Error =>
  expect.objectContaining({ name: "ConfigurationError", message });
