import type { Cinder } from "./cinder.ts";
import { type HandoverEvent, placeOf } from "./events.ts";
import type { State } from "./state.ts";

/** Prints a line with the time. */
export const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);

/**
 * Applies a handover to Cinder. It may be repeated, and it may be killed at any instant: what it has done is then found
 * in Cinder. The events of a volume must come one after another.
 *
 * @throws Error if the handover cannot be applied now: another attempt can succeed
 */
export async function follow(cinder: Cinder, state: State, event: HandoverEvent): Promise<void> {
  // A webhook that is repeated can arrive after later ones. The owner alone would not show it: the volume can be back.
  const record = `volumes/${event.subject}`;
  const last = await state.read(record);
  if (last !== undefined && placeOf(event.id) <= placeOf(last)) {
    log(`event ${event.id}: ignored, volume ${event.subject} is at event ${last}`);
    return;
  }
  log(`event ${event.id}: volume ${event.subject} ${await handOver(cinder, event)}`);
  await state.write(record, event.id);
}

/**
 * Makes the destination of a handover the owner of the volume in Cinder.
 *
 * @returns what happened
 */
async function handOver(cinder: Cinder, { id, subject, data }: HandoverEvent): Promise<string> {
  const { source_project_id: source, destination_project_id: destination, transfer } = data;
  let volume = await cinder.volume(subject);
  if (volume?.status === "awaiting-transfer") {
    const deleted = await cinder.deleteLeftBehind(subject);
    if (deleted > 0) log(`event ${id}: volume ${subject} had a transfer of a run that was interrupted`);
    // An accept of that run may have come before the deletion.
    volume = await cinder.volume(subject);
  }
  if (volume === undefined) return "is not in Cinder";
  if (volume.owner === destination) return `belongs to ${destination} already`;
  if (volume.status !== "available") {
    throw new Error(`volume ${subject} is ${volume.status} in Cinder: it cannot be moved now`);
  }
  const snapshots = transfer.no_snapshots ? [] : await cinder.snapshotOwners(subject);
  // Cinder moves all snapshots or none, and the service those of the source project. Nobody must lose a snapshot.
  const keep = snapshots.some((owner) => owner !== volume.owner);
  await cinder.move(subject, volume.owner, destination, transfer.no_snapshots || keep);
  const moved = `moved from ${volume.owner} to ${destination}`;
  const expected = volume.owner === source ? "" : `, although ${source} should have been its owner`;
  const stay = keep && snapshots.includes(volume.owner);
  return `${moved}${expected}${stay ? ". Its snapshots stay: some belong to other projects" : ""}`;
}
