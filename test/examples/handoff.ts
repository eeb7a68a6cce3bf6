import { hc } from "hono/client";
import type { VolumeTransfers } from "../../src/client.ts";

/** Hands a volume from the project of one token to the project of another. */
export async function handOver(service: string, volume_id: string, from: Holder, to: Holder) {
  const client = (holder: Holder) =>
    hc<VolumeTransfers>(service, {
      headers: { "X-Auth-Token": holder.token, "OpenStack-API-Version": "volume 3.57" },
    }).v3[":project_id"];

  const offered = await client(from)["volume-transfers"].$post({
    param: { project_id: from.project_id },
    json: { transfer: { volume_id, name: "a gift" } },
  });
  const { id, auth_key } = (await offered.json()).transfer;

  const accepted = await client(to)["volume-transfers"][":id"].accept.$post({
    param: { project_id: to.project_id, id },
    json: { accept: { auth_key } },
  });
  return (await accepted.json()).transfer;
}

interface Holder {
  readonly token: string;
  readonly project_id: string;
}
