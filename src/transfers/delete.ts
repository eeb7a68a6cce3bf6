import { projectOf } from "../db/statements/scope.ts";
import { eventOrigin } from "../events/origin.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { deleteStatements } from "./delete.sql.ts";
import type { TransferNotFound } from "./faults.ts";

/**
 * Deletes a transfer, and makes its volume `available` (API reference, "Delete a volume transfer").
 *
 * @returns that the transfer is deleted; or that there is no such open one
 */
export async function deleteTransfer(
  context: RequestContext,
  id: string,
): Promise<{ readonly kind: "deleted" } | TransferNotFound> {
  const { db, identity, requestId } = context;
  const { deleted } = await db.write(
    deleteStatements({
      id,
      project_id: projectOf(scopeOf(identity)),
      request_id: requestId,
      origin: eventOrigin(context),
    }),
  );
  return deleted.length === 0 ? { kind: "transfer_not_found", id } : { kind: "deleted" };
}
