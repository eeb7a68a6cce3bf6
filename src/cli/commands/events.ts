import * as z from "zod";
import type { Database } from "../database/database.ts";
import { runInRegions } from "../database/in_regions.ts";
import { readDatabase } from "../database/read_database.ts";
import { type DatabaseOptions, selectDatabase } from "../database/select_database.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { DEAD_QUERY, ENDPOINTS_QUERY, MAX_LISTED, redeliverStatements } from "./deliveries.sql.ts";

const endpointRow = z.object({
  id: z.string(),
  url: z.string(),
  stopped_at: z.number().nullable(),
  pending: z.number(),
  retrying: z.number(),
  dead: z.number(),
});
const deadRow = z.object({
  id: z.string(),
  type: z.string(),
  volume_id: z.string(),
  url: z.string(),
  attempts: z.number(),
  last_error: z.string(),
  dead_at: z.number(),
});

const ACTIONS = { list, dead: listDead, redeliver } as const;

/**
 * Shows or repeats the deliveries of events in each region.
 *
 * @param id the event to repeat; undefined for all that are dead
 */
export async function events(
  processes: Processes,
  action: keyof typeof ACTIONS,
  id: string | undefined,
  options: DatabaseOptions,
): Promise<void> {
  if (id !== undefined && action !== "redeliver") throw new CliError(`${action} takes no ID.`);
  await runInRegions(options.region, async (region) => {
    const { database } = await selectDatabase(region, options, processes);
    await ACTIONS[action](database, processes, id ?? "");
  });
}

async function list(database: Database, processes: Processes): Promise<void> {
  const [rows = []] = await readDatabase(database, [ENDPOINTS_QUERY], processes);
  const endpoints = z.array(endpointRow).parse(rows);
  if (endpoints.length === 0) console.log("No event has been sent to an endpoint yet.");
  for (const { id, url, stopped_at, pending, retrying, dead } of endpoints) {
    const state = stopped_at === null ? "" : `, stopped since ${new Date(stopped_at).toISOString()}`;
    console.log(`${id}  ${url}: ${pending} to send, ${retrying} retried, ${dead} dead${state}`);
  }
}

async function listDead(database: Database, processes: Processes): Promise<void> {
  const [rows = []] = await readDatabase(database, [DEAD_QUERY], processes);
  const events = z.array(deadRow).parse(rows);
  if (events.length === 0) console.log("No event is dead.");
  for (const { id, type, volume_id, url, attempts, last_error, dead_at } of events) {
    const when = new Date(dead_at).toISOString();
    console.log(`${id}  ${type}, volume ${volume_id}, ${url}: ${last_error}, ${attempts} attempts, ${when}`);
  }
  if (events.length === MAX_LISTED) console.log(`These are the first ${MAX_LISTED}.`);
}

async function redeliver(database: Database, processes: Processes, id: string): Promise<void> {
  const [, seq, nonce = ""] = /^([1-9]\d{0,15})-([0-9a-f]{16})$/.exec(id) ?? [];
  if (id !== "" && seq === undefined) throw new CliError(`${id} is not the ID of an event.`);
  const event = seq === undefined ? undefined : { seq: Number(seq), nonce };
  const [revived = [], started = []] = await readDatabase(database, redeliverStatements(event), processes);
  if (event !== undefined && revived.length === 0) throw new CliError(`no dead event has the ID ${id}.`);
  console.log(`${revived.length} dead events are sent again, and ${started.length} endpoints are started.`);
}
