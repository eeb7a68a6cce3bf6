import * as z from "zod/mini";
import type { Database } from "../../db/engine/database.ts";
import { type Cinder, pathTo } from "./cinder.ts";
import { creationsStatements } from "./lost.sql.ts";

const listSchema = z.object({
  transfers: z.array(z.object({ id: z.string(), volume_id: z.string(), created_at: z.string() })),
});

/** Returns when Cinder has created a transfer, milliseconds since the epoch. */
const timeOf = ({ created_at }: { readonly created_at: string }): number => Date.parse(`${created_at}Z`);

/** How far the clocks of Cinder and the database may differ, milliseconds. */
const CLOCKS_MS = 5000;

/**
 * Deletes the transfer of a volume that Cinder has created for a request whose answer is lost.
 *
 * @param request.id the request that asks
 * @param request.earliest when it was created at the earliest, milliseconds since the epoch
 * @returns whether there was one; undefined if Cinder does not tell now, or while another request creates one
 */
export async function deleteLost(
  db: Database,
  cinder: Cinder,
  {
    id: request_id,
    volume_id,
    earliest,
    latest,
  }: {
    readonly id: string;
    readonly volume_id: string;
    readonly earliest: number;
    readonly latest: number;
  },
): Promise<boolean | undefined> {
  // An admin sees them of all projects, and others do not ask.
  const list = await cinder.read(`volume-transfers/detail?all_tenants=1&volume_id=${volume_id}`, listSchema);
  if (list === undefined) return undefined;
  const listed = list.transfers.find((transfer) => {
    const time = timeOf(transfer);
    return transfer.volume_id === volume_id && time > earliest - CLOCKS_MS && time < latest + CLOCKS_MS;
  });
  if (listed === undefined) return false;
  // After the list: a request that has created this one has stored before that it would.
  const begun_before = timeOf(listed) + CLOCKS_MS;
  const { known, inFlight } = await db.read(creationsStatements({ volume_id, request_id, begun_before }));
  if (known.some(({ id }) => id === listed.id)) return false;
  if (inFlight.length > 0) return undefined;
  const answer = await cinder.send("DELETE", pathTo("volume-transfers", listed.id));
  return answer?.status === 202 ? true : undefined;
}
