import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { writeClientsDocument } from "./clients_document.ts";
import { formatResults, type TestResult } from "./results_table.ts";
import type { SuiteResult } from "./suites/suite.ts";

declare module "vitest" {
  interface TaskMeta {
    /** The cell of the table that shows the result of the test. */
    cell?: Omit<TestResult, "passed">;
    /** The results of a suite of another project. */
    suite?: SuiteResult;
  }
}

/** Prints the table of results at the end of a run. A complete run also writes `docs/clients.md`. */
export default class ResultsReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const all = modules.flatMap((module) => [...module.children.allTests()]);
    const tests = all.filter(hasCell);
    const suites = all.flatMap((test) => test.meta().suite ?? []);
    const table = formatResults(tests.flatMap(toResult));
    console.log(`\n${table}`);
    for (const { name, passed, excluded, failed } of suites)
      console.log(`${name}: ${passed} passed, ${excluded} excluded, ${failed.length} failed`);
    const allModules = await this.#vitest?.globTestSpecifications();
    const finished = tests.every((test) => ["passed", "failed"].includes(test.result().state));
    if (modules.length === allModules?.length && finished) writeClientsDocument(table, suites);
  }
}

const hasCell = (test: TestCase): boolean => test.meta().cell !== undefined;

function toResult(test: TestCase): TestResult[] {
  const { cell } = test.meta();
  return cell === undefined ? [] : [{ ...cell, passed: test.result().state === "passed" }];
}
