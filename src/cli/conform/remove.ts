import type { Caller } from "./connection.ts";
import { offered, shownSnapshot } from "./shapes.ts";

/** The outcome of a deletion: `pending` if it can be repeated, `refused` if that has no use. */
type Removal = "gone" | "pending" | "refused";

/** Deletes something. It is gone when a repeated deletion no longer finds it. */
export async function remove(user: Caller, path: string): Promise<Removal> {
  const { status } = await user.delete(path);
  if (status === 404) return "gone";
  if (![401, 403, 405].includes(status)) return "pending";
  return [403, 404].includes((await user.get(path)).status) ? "gone" : "refused";
}

/** Deletes something as each user. It is gone if none finds it any more. */
export async function removeAs(users: readonly Caller[], path: string): Promise<Removal> {
  const removals: Removal[] = [];
  for (const user of users) removals.push(await remove(user, path));
  return (
    removals.find((removal) => removal === "refused") ?? removals.find((one) => one !== "gone") ?? "gone"
  );
}

/** Deletes a snapshot as its owner. */
export async function removeSnapshot(users: readonly Caller[], id: string): Promise<Removal> {
  for (const user of users) {
    const shown = shownSnapshot.safeParse((await user.get(`snapshots/${id}`)).json).data?.snapshot;
    if (shown === undefined) continue;
    const removal = await remove(user, `snapshots/${id}`);
    if (removal !== "gone") return removal;
    // Cinder finds a snapshot to delete only for the project that has the volume.
    for (const owner of users) if (owner !== user) await giveBack(owner, user, shown.volume_id);
    return "pending";
  }
  return "gone";
}

/** Moves a volume without its snapshots. */
async function giveBack(from: Caller, to: Caller, volume_id: string): Promise<void> {
  const { json } = await from.post("volume-transfers", { transfer: { volume_id, no_snapshots: true } });
  const offer = offered.safeParse(json).data?.transfer;
  if (offer === undefined) return;
  await to.post(`volume-transfers/${offer.id}/accept`, { accept: { auth_key: offer.auth_key } });
}
