import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import type { Volume } from "./rows.sql.ts";
import { showStatements } from "./show.sql.ts";

/**
 * Returns a volume (API reference, "Show a volume's details").
 *
 * @throws Fault 404 if there is none that the caller may see
 */
export async function showVolume({ db, identity }: RequestContext, id: string): Promise<Volume> {
  const {
    volume: [volume],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
  if (volume === undefined) throw notFound("Volume", id);
  return volume;
}
