import { projectOf } from "../db/scope.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { deleteStatements } from "./delete.sql.ts";

/**
 * Deletes a transfer, and makes its volume `available` (API reference, "Delete a volume transfer").
 *
 * @throws Fault 404 if there is no such open transfer
 */
export async function deleteTransfer({ db, identity, requestId }: RequestContext, id: string): Promise<void> {
  const project_id = projectOf(scopeOf(identity));
  const { deleted } = await db.write(deleteStatements({ id, project_id, request_id: requestId }));
  if (deleted.length === 0) throw notFound("Transfer", id);
}
