import { expect } from "vitest";
import { DatabaseUnavailable, type Exchange } from "../../../src/db/engine/driver.ts";
import { exchange } from "./pending_batches.ts";

/** The faults of an exchange: its answer is lost, or its request, or its request arrives after the next exchange. */
export const FAULTS = ["answer lost", "request lost", "request late"] as const;
export type Fault = (typeof FAULTS)[number] | undefined;

/** A connection to D1 with a fault for each exchange, in order, and none for those after them. */
export function faultyConnection(faults: readonly Fault[]) {
  let sent = 0;
  let late: Parameters<Exchange>[] = [];
  /** Sends what is late. A fence must stop it, unless it is a question, which may be asked twice. */
  const deliver = async () => {
    const arrived = late;
    late = [];
    for (const [statements, signal] of arrived) {
      const answer = exchange(statements, signal);
      if (statements[0]?.sql.startsWith("delete from fences")) await answer;
      else await expect(answer).rejects.toThrow("UNIQUE constraint failed: fences.exchange_id");
    }
  };
  const send: Exchange = async (statements, signal) => {
    const fault = faults[sent++];
    const lost = () => new DatabaseUnavailable("cut off", { inDoubt: true });
    if (fault === "request lost") throw lost();
    if (fault === "request late") {
      late.push([statements, signal]);
      throw lost();
    }
    const answer = await exchange(statements, signal);
    await deliver();
    if (fault === "answer lost") throw lost();
    return answer;
  };
  return { send, deliver };
}
