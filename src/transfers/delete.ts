import { projectOf } from "../db/statements/scope.ts";
import { eventOrigin } from "../events/origin.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { deleteStatements } from "./delete.sql.ts";

/**
 * Deletes a transfer, and makes its volume `available` (API reference, "Delete a volume transfer").
 *
 * @throws Fault 404 if there is no such open transfer
 */
export async function deleteTransfer(context: RequestContext, id: string): Promise<void> {
  const { db, identity, requestId } = context;
  const { deleted } = await db.write(
    deleteStatements({
      id,
      project_id: projectOf(scopeOf(identity)),
      request_id: requestId,
      origin: eventOrigin(context),
    }),
  );
  if (deleted.length === 0) throw notFound("Transfer", id);
}
