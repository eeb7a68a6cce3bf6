import { type Client, createClient } from "@libsql/client";
import * as z from "zod";
import { chunks, numbers, USAGE_OF_VOLUMES, writeRows } from "../../support/bulk_insert.ts";

/** The project that sends most requests, and the one that accepts its transfers. */
export const OWNER = "11111111111111111111111111111111";
export const RECIPIENT = "22222222222222222222222222222222";
/** SQL for the id of one of 999 other projects. */
const OTHER_PROJECTS = "printf('%032x', 100 + n % 999)";

/** The headers of requests by the owner, the recipient and an admin. */
export const HEADERS = {
  owner: requestHeaders(`olga:${OWNER}`),
  recipient: requestHeaders(`rita:${RECIPIENT}`),
  admin: requestHeaders(`root:${OWNER}:admin`),
};

function requestHeaders(token: string): Record<string, string> {
  return { "X-Auth-Token": token, "OpenStack-API-Version": "volume 3.59" };
}

/** Returns the id of the nth transfer. */
export const transferId = (n: number): string => `7a000000-0000-4000-8000-${hex(n)}`;
/** Returns the id of the nth volume without a transfer. */
export const idleVolumeId = (n: number): string => `1d1e0000-0000-4000-8000-${hex(n)}`;
const hex = (n: number): string => n.toString(16).padStart(12, "0");

/** Exactly one transfer of the owner has this name. */
export const UNIQUE_NAME = "unique";
/** How many volumes of the owner have no transfer: one for each connection. */
export const IDLE_VOLUMES = 40;

/** The rows that the operations act on. */
export interface Dataset {
  /** The ids of open transfers of the owner. */
  readonly transfers: readonly string[];
  /** The ids of volumes of the owner without a transfer. */
  readonly idle: readonly string[];
}

/** The transfers of a dataset that is made through the API. */
export const TRANSFERS = 1000;

const volumeResponse = z.object({ volume: z.object({ id: z.string() }) });
const transferResponse = z.object({ transfer: z.object({ id: z.string() }) });

/** Creates open transfers and idle volumes, as any client would. */
export async function fillByApi(url: string): Promise<Dataset> {
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}/v3/${path}`, {
      method: "POST",
      headers: { ...HEADERS.owner, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const createVolume = async (name: string) =>
    volumeResponse.parse(await post("volumes", { volume: { size: 1, name } })).volume.id;
  const createTransfer = async (n: number) => {
    const transfer = { volume_id: await createVolume(`volume ${n}`), name: `name ${n}` };
    return transferResponse.parse(await post("volume-transfers", { transfer })).transfer.id;
  };
  const transfers: string[] = [];
  while (transfers.length < TRANSFERS) {
    const group = Array.from({ length: 20 }, (_, i) => createTransfer(transfers.length + i));
    transfers.push(...(await Promise.all(group)));
  }
  return {
    transfers,
    idle: await Promise.all(Array.from({ length: IDLE_VOLUMES }, () => createVolume("idle"))),
  };
}

export interface DatasetOptions {
  readonly transfers: number;
  /** One of this many transfers is open. The others are closed. */
  readonly openOneIn: number;
  /** How many transfers belong to the owner. The others belong to 999 other projects. */
  readonly owned: number;
}

/**
 * Fills an empty database with transfers, a volume for each, and the usage of each project.
 *
 * @param onProgress receives the number of transfers so far
 * @returns all transfers, whether open or not
 */
export async function fillDatabase(
  url: string,
  { transfers, openOneIn, owned }: DatasetOptions,
  onProgress: (transfers: number) => void = () => {},
): Promise<Dataset> {
  const client = createClient({ url });
  const project = `case when n <= ${owned} then '${OWNER}' else ${OTHER_PROJECTS} end`;
  const isOpen = `n % ${openOneIn} = 0`;
  for (const [first, last] of chunks(transfers)) {
    await writeRows(client, [
      `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata) ${numbers(first, last)}
         select '0ffe0000-0000-4000-8000-' || printf('%012x', n), ${project}, 'u', 'volume ' || n, 1,
         case when ${isOpen} then 'awaiting-transfer' else 'available' end, '__DEFAULT__', '{}' from numbers`,
      `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
         ${numbers(first, last)} select '7a000000-0000-4000-8000-' || printf('%012x', n),
         '0ffe0000-0000-4000-8000-' || printf('%012x', n),
         case when n = ${openOneIn * 2} then '${UNIQUE_NAME}' else 'name ' || (n % 97) end,
         printf('%064x', n), 0, ${project}, case when ${isOpen} then null else 1 end from numbers`,
    ]);
    onProgress(last);
  }
  await addFixedRows(client);
  client.close();
  const range = (count: number, id: (n: number) => string) =>
    Array.from({ length: count }, (_, i) => id(i + 1));
  return { transfers: range(transfers, transferId), idle: range(IDLE_VOLUMES, idleVolumeId) };
}

/** Inserts the volumes without a transfer, the last row of each index, and the usage. */
async function addFixedRows(client: Client): Promise<void> {
  const last = "'ffffffff-ffff-4fff-bfff-ffffffffffff'";
  await writeRows(client, [
    `${numbers(1, IDLE_VOLUMES)}
       insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata)
       select '1d1e0000-0000-4000-8000-' || printf('%012x', n), '${OWNER}', 'u', 'idle', 1, 'available',
       '__DEFAULT__', '{}' from numbers`,
    // A range that ends where its index ends reads one row less than any other range.
    `insert into volumes (id, project_id, user_id, size, status, volume_type, metadata)
       values (${last}, ${last}, 'u', 1, 'available', '__DEFAULT__', '{}')`,
    `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id)
       values (${last}, ${last}, 'name', '${"f".repeat(64)}', 0, ${last})`,
    ...USAGE_OF_VOLUMES,
    ...["", "__DEFAULT__"].map(
      (type) =>
        `insert into quotas (project_id, volume_type, volumes_limit, gigabytes_limit)
           values ('${RECIPIENT}', '${type}', -1, -1)`,
    ),
  ]);
}
