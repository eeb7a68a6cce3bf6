import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import type { TransferNotFound } from "./faults.ts";
import { type ShownTransfer, showStatements } from "./show.sql.ts";

/**
 * Returns an open transfer, with the number of failed attempts to accept it and the previews by other projects (API
 * reference, "Show volume transfer detail").
 *
 * @returns the transfer; or that there is none that the caller may see
 */
export async function showTransfer(
  { db, identity }: RequestContext,
  id: string,
): Promise<{ readonly kind: "shown"; readonly transfer: ShownTransfer } | TransferNotFound> {
  const {
    transfer: [found],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
  if (found === undefined) return { kind: "transfer_not_found", id };
  return { kind: "shown", transfer: found };
}
