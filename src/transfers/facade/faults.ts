import { conflict, type Fault, serviceUnavailable } from "../../http/faults.ts";
import { faultOf } from "../faults.ts";

/** The outcomes that only a service in front of a Cinder has, besides Cinder's own answers. */
type Unanswered = { readonly kind: "lost" } | { readonly kind: "being_created" };

/** Returns the fault of a request that Cinder has not answered. */
export function faultInCinder(refusal: Unanswered | Parameters<typeof faultOf>[0]): Fault {
  switch (refusal.kind) {
    case "lost":
      return serviceUnavailable(
        "Cinder is unavailable. Try again; the request may have taken effect all the same.",
      );
    case "being_created":
      return conflict("A request with this Idempotency-Key is being answered. Try again.");
    default:
      return faultOf(refusal);
  }
}
