import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest. Started last, one of them would run alone while the other cores are idle. */
const LONGEST = [
  "service/operations/import.test.ts",
  "service/operations/regions.test.ts",
  "service/operations/dev.test.ts",
  "service/identity/keystone.test.ts",
  "service/operations/move.test.ts",
  "service/operations/fsck.test.ts",
  "service/operations/import_interrupted.test.ts",
  "interoperability/contract/regions.test.ts",
  "service/unit/group_commit.test.ts",
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
