import * as z from "zod/mini";
import type { RequestContext } from "../../http/context.ts";
import type { TransferNotFound } from "../faults.ts";
import { type Answer, type Cinder, parseShown, pathTo, saysGone } from "./cinder.ts";
import { endedStatements } from "./end.sql.ts";
import { deleteInCinder, followGone } from "./end.ts";
import { type KnownTransfer, knownStatements } from "./read.sql.ts";

/** Cinder's answer, and what this service knows of the transfers in it, by their ids. */
export interface Shown {
  readonly kind: "shown";
  /** Undefined if it is lost. */
  readonly answer: Answer | undefined;
  readonly known: ReadonlyMap<string, KnownTransfer>;
}

const listSchema = z.object({ transfers: z.array(z.object({ id: z.string() })) });

/**
 * Shows a transfer of Cinder. One that Cinder no longer has is closed here, and one that has ended here is deleted in
 * Cinder if its own project asks.
 */
export async function showInCinder(
  context: RequestContext,
  cinder: Cinder,
  collection: string,
  id: string,
): Promise<Shown | TransferNotFound> {
  const answer = await cinder.send("GET", pathTo(collection, id));
  if (saysGone(answer, id)) await followGone(context, cinder, id);
  const known = await readKnown(context, answer?.status === 200 ? [id] : []);
  const ended = known.get(id);
  if (ended?.is_open !== 0) return { kind: "shown", answer, known };
  // Cinder gives the key of an encrypted volume to the project that deletes its transfer, also to an admin's.
  if (ended.source_project_id === context.identity.project_id) await deleteInCinder(context, cinder, id);
  return { kind: "transfer_not_found", id };
}

/**
 * Lists the transfers of Cinder, after those of the caller's project that have ended here are deleted there.
 *
 * @param path with the query of the client
 * @param isDetailed whether this service adds to what Cinder shows
 */
export async function listInCinder(
  context: RequestContext,
  cinder: Cinder,
  path: string,
  isDetailed: boolean,
): Promise<Shown> {
  const { ended } = await context.db.read(endedStatements({ project_id: context.identity.project_id }));
  await Promise.all(ended.map(({ id }) => deleteInCinder(context, cinder, id)));
  const answer = await cinder.send("GET", path);
  const listed = isDetailed ? parseShown(answer, listSchema)?.transfers : undefined;
  return { kind: "shown", answer, known: await readKnown(context, listed ? listed.map(({ id }) => id) : []) };
}

async function readKnown(
  { db }: RequestContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownTransfer>> {
  if (ids.length === 0) return new Map();
  const { known } = await db.read(knownStatements({ ids: JSON.stringify(ids) }));
  return new Map(known.map((transfer) => [transfer.id, transfer]));
}
