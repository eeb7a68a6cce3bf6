import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@libsql/client/http";

/** The rows of one statement. A libSQL server rolls back a transaction that takes more than some seconds. */
const CHUNK = 20_000;
const MAX_ATTEMPTS = 10;
const RETRY_DELAY_MS = 500;

/** Divides the rows from 1 on into those of single statements. */
export function* chunks(rows: number): Generator<readonly [first: number, last: number]> {
  for (let first = 1; first <= rows; first += CHUNK) yield [first, Math.min(first + CHUNK - 1, rows)];
}

/** Returns the SQL of a table `numbers` with the numbers of a range as `n`. */
export const numbers = (first: number, last: number): string =>
  `with recursive numbers(n) as (select ${first} union all select n + 1 from numbers where n < ${last})`;

/** The statements that store the usage of each project's volumes, without a limit. */
export const USAGE_OF_VOLUMES: readonly string[] = ["''", "volume_type"].map(
  (type) =>
    `insert into quotas (project_id, volume_type, volumes_limit, gigabytes_limit, volumes_in_use, gigabytes_in_use)
       select project_id, ${type}, -1, -1, count(*), sum(size) from volumes group by project_id, ${type}`,
);

/** Runs statements in one transaction. Retries while the server runs a checkpoint. */
export async function writeRows(client: Client, statements: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.batch([...statements], "write");
      return;
    } catch (error) {
      if (!String(error).includes("SQLITE_BUSY") || attempt === MAX_ATTEMPTS) throw error;
      await sleep(RETRY_DELAY_MS);
    }
  }
}
