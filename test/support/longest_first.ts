import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest. Started last, one of them would run alone while the other cores are idle. */
const LONGEST = [
  "service/operations/dev.test.ts",
  "service/operations/import.test.ts",
  "service/operations/regions.test.ts",
  "service/operations/conform/conform.test.ts",
  "service/conform.test.ts",
  "service/facade/lost_answers.test.ts",
  "service/unit/lost_answers.facade.test.ts",
  "stress/simulate/simulate.test.ts",
  "service/webhook_queues.test.ts",
  "service/webhooks.test.ts",
  "service/operations/move.test.ts",
  "service/operations/fsck.test.ts",
  "service/unit/group_commit.test.ts",
  "service/large_responses.test.ts",
  "service/identity/keystone.test.ts",
  "service/facade/sweep.test.ts",
  "service/check/check.test.ts",
  "service/operations/restore.test.ts",
  "service/identity/sign_in.test.ts",
  "service/transfers/closing_races.test.ts",
  "service/host/rolling_restart.test.ts",
  "service/unit/lost_answers.test.ts",
  "service/operations/import_interrupted.test.ts",
  "service/operations/command_line.test.ts",
  "interoperability/contract/regions.test.ts",
  "interoperability/contract/contract.test.ts",
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
