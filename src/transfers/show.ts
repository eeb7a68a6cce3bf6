import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import type { Transfer } from "./rows.sql.ts";
import { showStatements } from "./show.sql.ts";

/**
 * Returns an open transfer, and the number of failed attempts to accept it (API reference, "Show volume transfer detail").
 *
 * @throws Fault 404 if there is none that the caller may see
 */
export async function showTransfer(
  { db, identity }: RequestContext,
  id: string,
): Promise<Transfer & { readonly failed_attempts: number }> {
  const {
    transfer: [transfer],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
  if (transfer === undefined) throw notFound("Transfer", id);
  return transfer;
}
