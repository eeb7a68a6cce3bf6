import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { writeDocument } from "./clients_document.ts";
import { type Result, tables } from "./results_table.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Where the test's result belongs in the tables. */
    cell?: Omit<Result, "passed">;
  }
}

/** Prints which client can do what where, at the end of a run, and writes it into `docs/clients.md`. */
export class Results implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((module) => [...module.children.allTests()].filter(isInTables));
    const found = tables(tests.flatMap(resultOf));
    for (const [client, table] of found) console.log(`\n${client}\n${table}`);
    // A run of some tests alone, or one that broke off, knows nothing of the others.
    const all = await this.#vitest?.globTestSpecifications();
    const ended = tests.every((test) => ["passed", "failed"].includes(test.result().state));
    if (modules.length === all?.length && ended) writeDocument(found);
  }
}

const isInTables = (test: TestCase): boolean => test.meta().cell !== undefined;

function resultOf(test: TestCase): Result[] {
  const { cell } = test.meta();
  return cell === undefined ? [] : [{ ...cell, passed: test.result().state === "passed" }];
}
