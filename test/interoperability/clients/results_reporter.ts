import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { writeClientsDocument } from "./clients_document.ts";
import { formatResults, type TestResult } from "./results_table.ts";

declare module "vitest" {
  interface TaskMeta {
    /** The cell of the table that shows the result of the test. */
    cell?: Omit<TestResult, "passed">;
  }
}

/** Prints the table of results at the end of a run. A complete run also writes `docs/clients.md`. */
export class ResultsReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()].filter(hasCell));
    const table = formatResults(tests.flatMap(toResult));
    console.log(`\n${table}`);
    const allModules = await this.#vitest?.globTestSpecifications();
    const finished = tests.every((test) => ["passed", "failed"].includes(test.result().state));
    if (modules.length === allModules?.length && finished) writeClientsDocument(table);
  }
}

const hasCell = (test: TestCase): boolean => test.meta().cell !== undefined;

function toResult(test: TestCase): TestResult[] {
  const { cell } = test.meta();
  return cell === undefined ? [] : [{ ...cell, passed: test.result().state === "passed" }];
}
