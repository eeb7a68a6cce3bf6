import * as z from "zod/mini";
import type { Cinder } from "./cinder.ts";

const listSchema = z.object({
  transfers: z.array(z.object({ id: z.string(), volume_id: z.string(), created_at: z.string() })),
});

/** How far the clocks of Cinder and the database may differ, milliseconds. */
const CLOCKS_MS = 5000;

/**
 * Deletes the transfer of a volume that Cinder has created for a request whose answer is lost.
 *
 * @param known the transfers whose answers were stored
 * @param earliest when it was created at the earliest, milliseconds since the epoch
 * @returns whether there was one; undefined if Cinder does not tell now
 */
export async function deleteLost(
  cinder: Cinder,
  volume_id: string,
  known: readonly string[],
  earliest: number,
  latest: number,
): Promise<boolean | undefined> {
  // An admin sees them of all projects, and others do not ask.
  const list = await cinder.read(`volume-transfers/detail?all_tenants=1&volume_id=${volume_id}`, listSchema);
  if (list === undefined) return undefined;
  const lost = list.transfers.find(({ id, created_at, ...transfer }) => {
    const time = Date.parse(`${created_at}Z`);
    return (
      transfer.volume_id === volume_id &&
      !known.includes(id) &&
      time > earliest - CLOCKS_MS &&
      time < latest + CLOCKS_MS
    );
  });
  if (lost === undefined) return false;
  const answer = await cinder.send("DELETE", `volume-transfers/${lost.id}`);
  return answer?.status === 202 ? true : undefined;
}
