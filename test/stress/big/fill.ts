import type { Client } from "@libsql/client/http";
import { chunks, numbers, USAGE_OF_VOLUMES, writeRows } from "../../support/bulk_insert.ts";

/** The projects that own the volumes. */
const PROJECTS = 1000;
/** The closed transfers of each volume. */
const TRANSFERS_OF_A_VOLUME = 50;
/** The time over which the transfers were closed, milliseconds: less than the retention. */
const HISTORY_MS = 60 * 24 * 3600 * 1000;

/**
 * Fills an empty database with closed transfers, their volumes, and the usage of the projects.
 *
 * @param transfers the number of closed transfers
 * @param log receives the progress
 */
export async function fill(client: Client, transfers: number, log: (line: string) => void): Promise<void> {
  const volumes = Math.ceil(transfers / TRANSFERS_OF_A_VOLUME);
  const volume = (n: string) => `'0ffe0000-0000-4000-8000-' || printf('%012x', ${n})`;
  const project = (n: string) => `printf('%032x', 100 + ${n} % ${PROJECTS})`;
  for (const [first, last] of chunks(volumes)) {
    await writeRows(client, [
      `insert into volumes (id, project_id, user_id, display_name, size, status, volume_type, metadata)
         ${numbers(first, last)} select ${volume("n")}, ${project("n")}, 'u', 'volume ' || n, 1, 'available',
         '__DEFAULT__', '{}' from numbers`,
    ]);
  }
  await writeRows(client, USAGE_OF_VOLUMES);
  const oldest = Date.now() - HISTORY_MS;
  for (const [first, last] of chunks(transfers)) {
    const time = `${oldest} + cast(n * ${HISTORY_MS / transfers} as integer)`;
    await writeRows(client, [
      `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, created_at,
         deleted_at, closed_by_request) ${numbers(first, last)}
         select '7a000000-0000-4000-8000-' || printf('%012x', n), ${volume(`n % ${volumes} + 1`)}, 'name ' || (n % 97),
         printf('%064x', n), 0, ${project(`(n % ${volumes} + 1)`)}, ${time}, ${time}, 'req-' || n from numbers`,
    ]);
    if (last % 500_000 === 0 || last === transfers) log(`${last} transfers`);
  }
}
