import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest. Started last, one of them would run alone while the other cores are idle. */
const LONGEST = [
  "operations/start.test.ts",
  "operations/serve.test.ts",
  "identity/keystone.test.ts",
  "contract/contract.test.ts",
];

/** Runs the longest files first, and the others in vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.indexOf(path.relative(path.resolve(import.meta.dirname, ".."), moduleId));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
