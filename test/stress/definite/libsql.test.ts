import { afterAll, beforeAll, expect, it } from "vitest";
import type { ExchangeFault } from "../../support/proxy.ts";
import { type Deployment, deploy, expectConsistent } from "../faults/deployment.ts";
import { readTables } from "../faults/history/read_tables.ts";
import { expectDefiniteAnswers, TEST_MS, VARIABLES } from "./measure.ts";
import { randomFault } from "./random_fault.ts";

let service: Deployment;
beforeAll(async () => {
  service = await deploy({ variables: VARIABLES });
});
afterAll(() => service?.stop());

function faultOfProxy(): ExchangeFault | undefined {
  const fault = randomFault();
  switch (fault?.kind) {
    case "request lost":
      return "request lost";
    case "answer lost":
      return "response lost";
    case "request late":
      return { heldMs: fault.ms };
    case "answer late":
      return { delayMs: fault.ms };
    default:
      return undefined;
  }
}

it("answers writes definitely on a libSQL server that loses or holds back 5 % of its answers", {
  timeout: TEST_MS,
}, async () => {
  const { proxy, worker, database } = service;
  let injected = 0;
  await expectDefiniteAnswers({
    title: "libSQL server",
    url: worker.url,
    read: () => readTables(database),
    begin: () => {
      proxy.fault = (kind) => {
        const fault = kind === "write" ? faultOfProxy() : undefined;
        if (fault !== undefined) injected++;
        return fault;
      };
    },
    end: () => {
      proxy.fault = () => undefined;
    },
  });
  expect(injected).toBeGreaterThan(10);
  await proxy.untilIdle();
  await expectConsistent(service);
});
