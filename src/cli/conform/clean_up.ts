import { setTimeout as sleep } from "node:timers/promises";
import type { Caller, Callers } from "./connection.ts";
import type { Made } from "./made.ts";
import { remove, removeAs, removeSnapshot } from "./remove.ts";
import { OLDER_PATH } from "./session.ts";
import { listed, snapshots, volumes } from "./shapes.ts";

/** How long everything may take to be gone, milliseconds. */
const WAIT_MS = 30_000;
const POLL_MS = 300;

/**
 * Removes what a run has created, also what it does not know of because a response was lost.
 *
 * @returns what is left, such as `volume 6f0c…`
 */
export async function removeAll(made: Made, callers: Callers): Promise<string[]> {
  const users = [callers.owner, callers.other];
  await Promise.all(users.map((user) => findByName(made, user)));
  for (const id of await openTransfers(made, users)) await removeAs(users, `${OLDER_PATH}/${id}`);
  const left = [
    ...(await removeEach("snapshot", made.snapshots.keys(), (id) => removeSnapshot(users, id))),
    ...(await removeEach("volume", made.volumes, (id) => removeAs(users, `volumes/${id}`))),
  ];
  const { admin } = callers;
  if (admin !== undefined)
    left.push(...(await removeEach("type", made.types, (id) => remove(admin, `types/${id}`))));
  return left;
}

/** Adds the volumes and snapshots that have the name of the run. */
async function findByName(made: Made, user: Caller): Promise<void> {
  const [volumeList, snapshotList] = [await list(user, "volumes", made), await list(user, "snapshots", made)];
  for (const { id, name } of volumes.safeParse(volumeList).data?.volumes ?? [])
    if (name === made.name) made.volumes.add(id);
  for (const { id, name } of snapshots.safeParse(snapshotList).data?.snapshots ?? [])
    if (name === made.name) made.snapshots.set(id, made.snapshots.get(id) ?? "");
}

const list = async (user: Caller, kind: string, { name }: Made): Promise<unknown> =>
  (await user.get(`${kind}/detail?name=${name}`)).json;

/** Returns the transfers that are known or found in the lists of volumes of the run. */
async function openTransfers(made: Made, users: readonly Caller[]): Promise<Set<string>> {
  const ids = new Set(made.transfers.keys());
  for (const user of users) {
    const { transfers = [] } = listed.safeParse((await user.get(OLDER_PATH)).json).data ?? {};
    for (const { id, volume_id } of transfers) if (made.volumes.has(volume_id)) ids.add(id);
  }
  return ids;
}

/** Deletes volumes or snapshots, and waits until they are gone. */
async function removeEach(
  kind: "volume" | "snapshot" | "type",
  ids: Iterable<string>,
  removeOne: (id: string) => ReturnType<typeof remove>,
): Promise<string[]> {
  const left = new Set(ids);
  const refused = new Set<string>();
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    for (const id of left) {
      const removal = await removeOne(id);
      if (removal !== "pending") left.delete(id);
      if (removal === "refused") refused.add(id);
    }
    if (left.size === 0 || Date.now() > deadline) return [...left, ...refused].map((id) => `${kind} ${id}`);
    await sleep(POLL_MS);
  }
}
