import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import type { Snapshot } from "./rows.sql.ts";
import { showStatements } from "./show.sql.ts";

/**
 * Returns a snapshot (API reference, "Show a snapshot's details").
 *
 * @throws Fault 404 if there is none that the caller may see
 */
export async function showSnapshot({ db, identity }: RequestContext, id: string): Promise<Snapshot> {
  const {
    snapshot: [snapshot],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
  if (snapshot === undefined) throw notFound("Snapshot", id);
  return snapshot;
}
