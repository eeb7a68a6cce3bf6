import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@libsql/client/http";

/** The projects that own the volumes. */
const PROJECTS = 1000;
/** The closed transfers of each volume. */
const TRANSFERS_OF_A_VOLUME = 50;
/** The rows of one statement. A libSQL server rolls back a transaction that takes more than some seconds. */
const CHUNK = 20_000;
/** The time over which the transfers were closed, milliseconds: less than the retention. */
const HISTORY_MS = 60 * 24 * 3600 * 1000;
const MAX_ATTEMPTS = 10;

/**
 * Fills an empty database with closed transfers, their volumes, and the usage of the projects.
 *
 * @param transfers the number of closed transfers
 * @param log receives the progress
 */
export async function fill(url: string, transfers: number, log: (line: string) => void): Promise<void> {
  const client = createClient({ url });
  const volumes = Math.ceil(transfers / TRANSFERS_OF_A_VOLUME);
  const volume = (n: string) => `'0ffe0000-0000-4000-8000-' || printf('%012x', ${n})`;
  const project = (n: string) => `printf('%032x', 100 + ${n} % ${PROJECTS})`;
  for (const [first, last] of chunks(volumes)) {
    await write(client, [
      `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata)
         ${numbers(first, last)} select ${volume("n")}, ${project("n")}, 'u', 'volume ' || n, 1, 'available',
         '__DEFAULT__', '{}' from numbers`,
    ]);
  }
  await write(
    client,
    ["''", "volume_type"].map(
      (type) =>
        `insert into quotas (project_id, volume_type, volumes_limit, gigabytes_limit, volumes_in_use, gigabytes_in_use)
           select project_id, ${type}, -1, -1, count(*), sum(size) from volumes group by project_id, ${type}`,
    ),
  );
  const oldest = Date.now() - HISTORY_MS;
  for (const [first, last] of chunks(transfers)) {
    const time = `${oldest} + cast(n * ${HISTORY_MS / transfers} as integer)`;
    await write(client, [
      `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, created_at,
         deleted_at, closed_by_request) ${numbers(first, last)}
         select '7a000000-0000-4000-8000-' || printf('%012x', n), ${volume(`n % ${volumes} + 1`)}, 'name ' || (n % 97),
         printf('%064x', n), 0, ${project(`(n % ${volumes} + 1)`)}, ${time}, ${time}, 'req-' || n from numbers`,
    ]);
    if (last % 500_000 === 0 || last === transfers) log(`${last} transfers`);
  }
}

function* chunks(rows: number): Generator<readonly [first: number, last: number]> {
  for (let first = 1; first <= rows; first += CHUNK) yield [first, Math.min(first + CHUNK - 1, rows)];
}

const numbers = (first: number, last: number): string =>
  `with recursive numbers(n) as (select ${first} union all select n + 1 from numbers where n < ${last})`;

/** Runs statements in one transaction. Retries while the server runs a checkpoint. */
async function write(client: Client, statements: string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.batch(statements, "write");
      return;
    } catch (error) {
      if (!String(error).includes("SQLITE_BUSY") || attempt === MAX_ATTEMPTS) throw error;
      await sleep(500);
    }
  }
}
