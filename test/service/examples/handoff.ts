import { parseResponse } from "hono/client";
import { createClient } from "../../../src/client.ts";

/** Moves a volume from the project of one token to the project of another. */
export async function handOver(service: string, volume_id: string, fromToken: string, toToken: string) {
  const from = createClient(service, { token: fromToken, microversion: "3.57" });
  const to = createClient(service, { token: toToken, microversion: "3.57" });

  const { transfer } = await parseResponse(
    from["volume-transfers"].$post({ json: { transfer: { volume_id, name: "a gift" } } }),
  );
  const { id, auth_key } = transfer;

  const accepted = await parseResponse(
    to["volume-transfers"][":id"].accept.$post({ param: { id }, json: { accept: { auth_key } } }),
  );
  return accepted.transfer;
}
