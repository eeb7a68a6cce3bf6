import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@libsql/client/web";

/** The project whose requests are measured, the one that accepts, and what the others are called. */
export const OWNER = "11111111111111111111111111111111";
export const OTHER = "22222222222222222222222222222222";
const others = "printf('%032x', 100 + n % 999)";

/** The headers of requests by the owner, by the other project, and by an admin. */
export const AS = {
  owner: headers(`olga:${OWNER}`),
  other: headers(`otto:${OTHER}`),
  admin: headers(`root:${OWNER}:admin`),
};

function headers(token: string): Record<string, string> {
  return { "X-Auth-Token": token, "OpenStack-API-Version": "volume 3.59" };
}

/** The id of the nth row. */
export const transferId = (n: number): string => `7a000000-0000-4000-8000-${hex(n)}`;
export const idleVolumeId = (n: number): string => `1d1e0000-0000-4000-8000-${hex(n)}`;
const hex = (n: number): string => n.toString(16).padStart(12, "0");

/** One transfer of the owner's has this name. */
export const UNIQUE_NAME = "the one";
/** Volumes of the owner's that nobody has offered. */
const IDLE = 40;
/** Rows in one statement: a server ends a transaction that takes longer than some seconds. */
const CHUNK = 20_000;

/** How the transfers of a database lie. */
export interface Shape {
  readonly transfers: number;
  /** Every so-many-th is live. */
  readonly liveOneIn: number;
  /** How many belong to the owner; the rest are those of 999 other projects. */
  readonly owned: number;
}

/**
 * Fills an empty database: a volume for each transfer, and for each project the usage that it has.
 *
 * @param progress is told how many transfers there are
 */
export async function fill(url: string, shape: Shape, progress: (done: number) => void): Promise<void> {
  const client = createClient({ url });
  const { transfers, liveOneIn, owned } = shape;
  const project = `case when n <= ${owned} then '${OWNER}' else ${others} end`;
  const live = `n % ${liveOneIn} = 0`;
  for (let from = 1; from <= transfers; from += CHUNK) {
    const to = Math.min(from + CHUNK - 1, transfers);
    const numbers = `with recursive numbers(n) as (select ${from} union all select n + 1 from numbers where n < ${to})`;
    await write(client, [
      `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata) ${numbers}
         select '0ffe0000-0000-4000-8000-' || printf('%012x', n), ${project}, 'u', 'volume ' || n, 1,
         case when ${live} then 'awaiting-transfer' else 'available' end, '__DEFAULT__', '{}' from numbers`,
      `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
         ${numbers} select '7a000000-0000-4000-8000-' || printf('%012x', n),
         '0ffe0000-0000-4000-8000-' || printf('%012x', n),
         case when n = ${liveOneIn * 2} then '${UNIQUE_NAME}' else 'name ' || (n % 97) end,
         printf('%064x', n), 0, ${project}, case when ${live} then null else 1 end from numbers`,
    ]);
    progress(to);
  }
  await finish(client);
}

/** Runs statements in one transaction; again where the server is just moving its log into the database. */
async function write(client: Client, statements: string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.batch(statements, "write");
      return;
    } catch (error) {
      if (!String(error).includes("SQLITE_BUSY") || attempt === 10) throw error;
      await sleep(500);
    }
  }
}

/** Gives the idle volumes back to the owner, whatever a load that was stopped in the middle has left them in. */
export async function resetIdle(url: string): Promise<void> {
  const idle = `like '1d1e0000-0000-4000-8000-%'`;
  const given = `(select count(*) from volumes where project_id = '${OTHER}' and id ${idle})`;
  await write(createClient({ url }), [
    `update transfers set deleted_at = 1 where deleted_at is null and volume_id ${idle}`,
    `update quotas set volumes_in_use = volumes_in_use + ${given}, gigabytes_in_use = gigabytes_in_use + ${given}
       where project_id = '${OWNER}'`,
    `update quotas set volumes_in_use = 0, gigabytes_in_use = 0 where project_id = '${OTHER}'`,
    `update volumes set project_id = '${OWNER}', status = 'available' where id ${idle}`,
  ]);
}

/** The rows of the owner's that requests act on, the last row of each index, and usage. */
async function finish(client: Client): Promise<void> {
  const last = "'ffffffff-ffff-4fff-bfff-ffffffffffff'";
  await write(client, [
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${IDLE})
       insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata)
       select '1d1e0000-0000-4000-8000-' || printf('%012x', n), '${OWNER}', 'u', 'idle', 1, 'available',
       '__DEFAULT__', '{}' from numbers`,
    // A range that ends where its index ends reads one row less than others.
    `insert into volumes (id, project_id, user_id, size, status, volume_type, metadata)
       values (${last}, ${last}, 'u', 1, 'available', '__DEFAULT__', '{}')`,
    `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id)
       values (${last}, ${last}, 'name', '${"f".repeat(64)}', 0, ${last})`,
    ...["''", "volume_type"].map(
      (type) =>
        `insert into quotas (project_id, volume_type, volumes_limit, gigabytes_limit, volumes_in_use, gigabytes_in_use)
           select project_id, ${type}, -1, -1, count(*), sum(size) from volumes group by project_id, ${type}`,
    ),
    ...["", "__DEFAULT__"].map(
      (type) =>
        `insert into quotas (project_id, volume_type, volumes_limit, gigabytes_limit)
           values ('${OTHER}', '${type}', -1, -1)`,
    ),
  ]);
}
