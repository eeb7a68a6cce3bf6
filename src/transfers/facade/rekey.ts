import type { RequestContext } from "../../http/context.ts";
import type { RekeyRefusal, TransferNotFound } from "../faults.ts";
import { rekeyTransfer } from "../rekey.ts";
import type { Transfer } from "../rows.sql.ts";
import { type Answer, type Cinder, pathTo, saysGone } from "./cinder.ts";
import { followGone } from "./end.ts";

/**
 * Makes a new `auth_key` for a transfer that Cinder still has. Cinder's own key stays.
 *
 * @returns Cinder's answer to a show, with the new key
 */
export async function rekeyInCinder(
  context: RequestContext,
  cinder: Cinder,
  collection: string,
  id: string,
): Promise<
  | {
      readonly kind: "rekeyed";
      readonly answer: Answer;
      readonly transfer: Transfer;
      readonly auth_key: string;
    }
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "lost" }
  | RekeyRefusal
  | TransferNotFound
> {
  const answer = await cinder.send("GET", pathTo(collection, id));
  if (answer === undefined) return { kind: "lost" };
  if (saysGone(answer, id)) await followGone(context, cinder, id);
  if (answer.status !== 200) return { kind: "answered", answer };
  const outcome = await rekeyTransfer(context, id);
  return outcome.kind === "rekeyed" ? { ...outcome, answer } : outcome;
}
