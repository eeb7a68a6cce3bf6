import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

const CONTRACT = path.join(import.meta.dirname, "../contract");

const log = z.record(
  z.string(),
  z.array(z.object({ label: z.string(), response: z.object({ status: z.number(), body: z.unknown() }) })),
);
const faultBody = z.record(z.string(), z.looseObject({ message: z.string() }));

/** A refusal that was recorded from a real Cinder. */
export interface RecordedFault {
  readonly status: number;
  readonly message: string;
  readonly body: unknown;
}

/** The refusals of Cinder that the tests provoke, from the logs of the contract. Each takes the id of the transfer. */
export const recordedFaults = {
  wrongKey: recordedFault("accept_input", "wrong key"),
  showOfAnotherProject: recordedFault("handoff", "show as the other project"),
  deleteOfAnotherProject: recordedFault("show_and_delete", "delete another project's"),
  /** The volume has 3 GiB. The project has none, and a quota of 2 GiB. */
  overQuota: recordedFault("quota", "too few gigabytes left"),
};

/** @throws Error if the exchange is not in every log, or if two versions of Cinder do not refuse alike */
function recordedFault(scenario: string, label: string): (transfer: string) => RecordedFault {
  return (transfer) => {
    const [recorded, ...others] = new Set(logFiles().map((file) => readResponse(file, scenario, label)));
    if (recorded === undefined || others.length > 0) {
      throw new Error(`the logs of Cinder do not agree on ${scenario}, ${label}`);
    }
    // The only id in each of these bodies is the id of the transfer.
    const { status, body } = response.parse(JSON.parse(recorded.replaceAll(/<uuid\d+>/g, transfer)));
    return { status, message: Object.values(body)[0]?.message ?? "", body };
  };
}

const response = z.object({ status: z.number(), body: faultBody });

const logFiles = (): string[] => readdirSync(CONTRACT).filter((file) => /^cinder-.*\.json$/.test(file));

function readResponse(file: string, scenario: string, label: string): string {
  const scenarios = log.parse(JSON.parse(readFileSync(path.join(CONTRACT, file), "utf8")));
  const exchange = scenarios[scenario]?.find((exchange) => exchange.label === label);
  if (exchange === undefined) throw new Error(`${file} has no ${scenario}, ${label}`);
  return JSON.stringify(exchange.response);
}
