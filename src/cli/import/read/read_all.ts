import { CliError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { temporaryFolder } from "../../settings/settings.ts";
import type { Report } from "../report.ts";
import { SAVE_AT_ONE_TIME } from "./answers.ts";
import type { Item, SnapshotRecord, TypeRecord, VolumeRecord } from "./records.ts";
import { Spool } from "./spool.ts";
import { Types } from "./types.ts";

/** The content of a Cinder, each resource once. */
interface Cinder {
  readonly types: readonly TypeRecord[];
  readonly volumes: Spool<VolumeRecord>;
  readonly snapshots: Spool<SnapshotRecord>;
}

/**
 * Reads all items of a Cinder, in any order.
 *
 * @param report notes the items that are left out
 * @throws CliError if an item cannot be read, or two contradict each other
 */
export async function readAll(items: AsyncIterable<Item>, report: Report): Promise<Cinder> {
  const folder = temporaryFolder();
  const volumes = new Spool<VolumeRecord>(folder, "volumes");
  const snapshots = new Spool<SnapshotRecord>(folder, "snapshots");
  const types = new Types();
  const add = (item: Item): void => {
    if (item.kind === "left out") report.note("left out", item.id, item.reason);
    else if (item.kind === "type") types.add(item.record);
    else if (item.kind === "snapshot") snapshots.add(item.record);
    else {
      volumes.add(item.record);
      types.addOfVolume(item.record.type);
    }
  };
  for await (const item of items) add(item);
  volumes.unite(assertSameVolume);
  snapshots.unite(assertSameSnapshot);
  return { types: types.all, volumes, snapshots };
}

/** @throws CliError if two records with one id differ in something that no volume changes between two answers */
function assertSameVolume(one: VolumeRecord, other: VolumeRecord): void {
  assertEqual(`volume ${one.id}`, "projects", one.project_id, other.project_id);
  assertEqual(`volume ${one.id}`, "times of creation", isoTime(one), isoTime(other));
}

/** @throws CliError as `assertSameVolume` */
function assertSameSnapshot(one: SnapshotRecord, other: SnapshotRecord): void {
  assertEqual(`snapshot ${one.id}`, "projects", one.project_id, other.project_id);
  assertEqual(`snapshot ${one.id}`, "volumes", one.volume_id, other.volume_id);
  assertEqual(`snapshot ${one.id}`, "times of creation", isoTime(one), isoTime(other));
}

const isoTime = ({ created_at }: VolumeRecord | SnapshotRecord): string => new Date(created_at).toISOString();

function assertEqual(what: string, of: string, one: string, other: string): void {
  if (one === other) return;
  const values = printable(`${one} and ${other}`);
  throw new CliError(`${what} is there twice, with the ${of} ${values}. ${SAVE_AT_ONE_TIME}`);
}
