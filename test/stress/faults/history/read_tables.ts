import * as z from "zod";
import type { Database } from "../../../../src/cli/database/database.ts";
import { readDatabase } from "../../../../src/cli/database/read_database.ts";
import { Processes } from "../../../../src/cli/processes/processes.ts";
import type { Tables } from "./tables.ts";

const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);
const volume = z.object({ id: z.string(), project_id: z.string(), status: z.string(), size: z.number() });
const snapshot = z.object({
  id: z.string(),
  volume_id: z.string(),
  project_id: z.string(),
  volume_size: z.number(),
});
const transfer = z.object({
  seq: z.number(),
  id: z.string(),
  volume_id: z.string(),
  display_name: z.string(),
  no_snapshots: flag,
  source_project_id: z.string(),
  destination_project_id: z.string().nullable(),
  accepted: flag,
  deleted_at: z.number().nullable(),
  closed_by_request: z.string().nullable(),
  // Before migration 0002 these columns do not exist.
  expires_at: z.number().nullable().default(null),
  idempotency_key: z.string().nullable().default(null),
  ended_as: z.string().nullable().default(null),
});
const rekey = z.object({ transfer_id: z.string(), request_id: z.string() });
const usage = z
  .object({
    project_id: z.string(),
    volumes_in_use: z.number(),
    gigabytes_in_use: z.number(),
    snapshots_in_use: z.number(),
  })
  .transform((row) => ({
    project_id: row.project_id,
    volumes: row.volumes_in_use,
    gigabytes: row.gigabytes_in_use,
    snapshots: row.snapshots_in_use,
  }));

const REKEYS = `select data ->> '$.transfer.id' as transfer_id, origin ->> '$.request_id' as request_id
  from events where type = 'volume_transfer.rekeyed' order by seq`;

/** The queries of everything that the checker needs. */
export const TABLE_QUERIES: readonly string[] = [
  "select * from volumes",
  "select * from snapshots",
  "select * from transfers",
  "select * from quotas where volume_type = ''",
  REKEYS,
];

/** Parses the rows of those queries, in their order. */
export const parseTables = (rows: readonly (readonly unknown[])[]): Tables => {
  const [volumes, snapshots, transfers, quotas, rekeys = []] = rows;
  return {
    volumes: z.array(volume).parse(volumes),
    snapshots: z.array(snapshot).parse(snapshots),
    transfers: z.array(transfer).parse(transfers),
    usage: z.array(usage).parse(quotas),
    rekeys: z.array(rekey).parse(rekeys),
  };
};

/**
 * Reads everything that the checker needs, in one transaction.
 *
 * @param options.events whether the database has the table of events; by default it has
 */
export async function readTables(database: Database, { events = true } = {}): Promise<Tables> {
  const processes = new Processes((failure) => console.error(failure.message));
  const queries = events ? TABLE_QUERIES : TABLE_QUERIES.filter((query) => query !== REKEYS);
  try {
    return parseTables(await readDatabase(database, [...queries], processes));
  } finally {
    await processes.stop();
  }
}
