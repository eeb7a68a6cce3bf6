import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const LOG = path.join(import.meta.dirname, "../contract/cinder-21.3.json");

const recordings = z.record(
  z.string(),
  z.array(z.object({ label: z.string(), response: z.object({ status: z.number(), body: z.unknown() }) })),
);
const faultBody = z.record(z.string(), z.looseObject({ message: z.string() }));

/** How Cinder refused a request. */
export interface Fault {
  readonly status: number;
  readonly message: string;
  readonly body: unknown;
}

/** How Cinder 21.3 refused what the tests ask for, by the log of the contract; each takes the transfer's id. */
export const cinderRefused = {
  wrongKey: recorded("accept_input", "wrong key"),
  showingAnothers: recorded("handoff", "show as the other project"),
  deletingAnothers: recorded("show_and_delete", "delete another project's"),
  /** Of a volume of 3 GiB, by a project that has none and may have 2. */
  overQuota: recorded("quota", "too few gigabytes left"),
};

function recorded(scenario: string, label: string): (transfer: string) => Fault {
  return (transfer) => {
    const log = recordings.parse(JSON.parse(readFileSync(LOG, "utf8")));
    const exchange = log[scenario]?.find((exchange) => exchange.label === label);
    if (exchange === undefined) throw new Error(`nothing is recorded as ${scenario}: ${label}`);
    const { status, body } = exchange.response;
    // In each of these there is one id, and it is the transfer's.
    const told = faultBody.parse(JSON.parse(JSON.stringify(body).replaceAll(/<uuid\d+>/g, transfer)));
    return { status, message: Object.values(told)[0]?.message ?? "", body: told };
  };
}
