import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import type { TransferNotFound } from "./faults.ts";
import type { Transfer } from "./rows.sql.ts";
import { showStatements } from "./show.sql.ts";

/**
 * Returns an open transfer, and the number of failed attempts to accept it (API reference, "Show volume transfer detail").
 *
 * @returns the transfer; or that there is none that the caller may see
 */
export async function showTransfer(
  { db, identity }: RequestContext,
  id: string,
): Promise<
  { readonly kind: "shown"; readonly transfer: Transfer; readonly failed_attempts: number } | TransferNotFound
> {
  const {
    transfer: [found],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
  if (found === undefined) return { kind: "transfer_not_found", id };
  return { kind: "shown", transfer: found, failed_attempts: found.failed_attempts };
}
