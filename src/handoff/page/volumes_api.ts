import type { ClosedTransfer, Page, Volume } from "./api.ts";
import { inProject, isMissing, send } from "./request.ts";

/** Volumes on a page. */
export const VOLUMES_ON_PAGE = 25;
/** Snapshots, and closed offers, that the detail of a volume shows. */
export const DETAILS = 25;

/** The orders of the list, as the API names them. The first is that of an address without one. */
export const SORTS = [
  "created_at:desc",
  "created_at:asc",
  "name:asc",
  "name:desc",
  "size:desc",
  "size:asc",
] as const;
type Sort = (typeof SORTS)[number];

/** The statuses that the list can be filtered by. */
export const STATUSES = ["available", "awaiting-transfer", "in-use", "error", "maintenance"] as const;

/** A volume with what its detail shows. */
export interface VolumeDetail extends Volume {
  readonly created_at: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Snapshot {
  readonly id: string;
  readonly name: string | null;
  readonly size: number;
  readonly status: string;
  readonly created_at: string;
}

/** A part of the list of volumes. */
export interface VolumeQuery {
  /** Only volumes with this in their name, or the one with this id; empty for all. */
  readonly search: string;
  /** Only volumes with this status; empty for all. */
  readonly status: string;
  readonly sort: Sort;
  /** The id of the volume after which the page begins, or before which it ends; neither for the first page. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** A page of volumes. */
export interface VolumePage extends Page<VolumeDetail> {
  /** The number of volumes of the project; undefined for a list with a filter, which would have to be counted. */
  readonly count: number | undefined;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns whether a text is an id. */
export const isId = (text: string): boolean => ID.test(text);

const query = (parameters: Readonly<Record<string, string | number | undefined>>): string =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, String(value)]],
    ),
  ).toString();

/** Reads a volume. */
export const showVolume = async (id: string): Promise<VolumeDetail> =>
  (await send<{ volume: VolumeDetail }>(inProject(`volumes/${id}`))).volume;

/** Reads a page of volumes, or the one whose id is sought. */
export async function listVolumes({ search, status, sort, after, before }: VolumeQuery): Promise<VolumePage> {
  if (isId(search)) return findVolume(search.toLowerCase(), status);
  const filtered = search !== "" || status !== "";
  const { volumes, count } = await send<{ volumes: VolumeDetail[]; count?: number }>(
    inProject(
      `volumes/detail?${query({
        limit: VOLUMES_ON_PAGE + 1,
        // The API knows pages after a marker only: the page before one is read in the opposite order.
        sort: before === undefined ? sort : opposite(sort),
        marker: after ?? before,
        "name~": search,
        status,
        // Without a filter the service keeps the number. With one it would count all volumes that match.
        with_count: filtered ? undefined : "true",
      })}`,
    ),
  );
  const items = volumes.slice(0, VOLUMES_ON_PAGE);
  const hasMore = volumes.length > VOLUMES_ON_PAGE;
  return before === undefined ? { items, hasMore, count } : { items: items.reverse(), hasMore: true, count };
}

async function findVolume(id: string, status: string): Promise<VolumePage> {
  const none = { items: [], hasMore: false, count: undefined };
  try {
    const volume = await showVolume(id);
    return status === "" || volume.status === status ? { ...none, items: [volume] } : none;
  } catch (error) {
    if (isMissing(error)) return none;
    throw error;
  }
}

const opposite = (sort: Sort): string =>
  sort.endsWith(":asc") ? sort.replace(":asc", ":desc") : sort.replace(":desc", ":asc");

/** Lists the newest snapshots of a volume. */
export async function listSnapshots(volume_id: string): Promise<Page<Snapshot>> {
  const { snapshots } = await send<{ snapshots: Snapshot[] }>(
    inProject(`snapshots/detail?${query({ volume_id, limit: DETAILS + 1, sort: "created_at:desc" })}`),
  );
  return { items: snapshots.slice(0, DETAILS), hasMore: snapshots.length > DETAILS };
}

/** Lists the latest handovers of a volume that the project took part in. */
export async function listOwners(volume_id: string): Promise<Page<ClosedTransfer>> {
  const { transfers } = await send<{ transfers: ClosedTransfer[] }>(
    inProject(`volume-transfers/history?${query({ volume_id, status: "accepted", limit: DETAILS + 1 })}`),
  );
  return { items: transfers.slice(0, DETAILS), hasMore: transfers.length > DETAILS };
}
