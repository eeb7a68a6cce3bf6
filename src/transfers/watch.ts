import { type Database, database, onCommit } from "../db/engine/database.ts";
import type { RequestContext } from "../http/context.ts";
import { eventStreams, type StreamOptions } from "../http/event_streams.ts";
import { hex } from "../http/hex.ts";
import { versionStatements } from "./watch.sql.ts";

/**
 * Returns the version of the transfers that a project gives and gets: another one after each change of them.
 *
 * @returns 32 hexadecimal digits, which say nothing of the transfers
 */
export async function readVersion(db: Database, project_id: string): Promise<string> {
  const { version } = await db.read(versionStatements({ project_id }));
  const text = new TextEncoder().encode(JSON.stringify([project_id, version]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return hex(digest.subarray(0, 16));
}

/**
 * Opens a stream of the versions of the caller's transfers, which begins with the present one.
 *
 * @returns undefined where other processes write to the database, or if there are too many streams: the caller asks
 *   again and again instead
 */
export function watchTransfers(
  { config, identity: { project_id } }: RequestContext,
  client: Pick<StreamOptions, "session" | "isAuthenticated">,
): ReadableStream<Uint8Array> | undefined {
  if (config.database.kind !== "file") return undefined;
  return eventStreams(config).open({
    ...client,
    key: project_id,
    read: (project) => readVersion(database(config), project),
    onChange: (listener) => onCommit(config, listener),
  });
}
