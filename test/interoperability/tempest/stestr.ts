import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import type { Workspace } from "./configuration.ts";
import { installed } from "./installation.ts";

/** The tests that the service is tested with: those of the Block Storage API. */
const PREFIX = "tempest.api.volume.";

/** The result of a test, or of the setup of a class of tests, as stestr reports it. */
export interface Result {
  /** The name without the prefix `tempest.api.volume.`. */
  readonly test: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The traceback of a failed test, or the reason of a skipped one. */
  readonly details: string;
}

const outcomes = {
  success: "passed",
  xfail: "passed",
  fail: "failed",
  uxsuccess: "failed",
  skip: "skipped",
} as const;

const reported = z.object({
  id: z.string(),
  status: z.enum(["success", "xfail", "fail", "uxsuccess", "skip"]),
  details: z.record(z.string(), z.string()),
});

/** The runner of the tests. */
export class Stestr {
  readonly #workspace: Workspace;
  readonly #processes: Processes;

  constructor(workspace: Workspace, processes: Processes) {
    this.#workspace = workspace;
    this.#processes = processes;
  }

  /**
   * Returns the full names of the tests of the Block Storage API by their names without the prefix.
   *
   * @throws ChildProcessError if Tempest cannot be imported
   */
  async list(): Promise<ReadonlyMap<string, string>> {
    await this.#run("stestr", ["init"]);
    const output = await this.#run("stestr", ["list", `^${PREFIX}`]);
    const ids = output.split("\n").filter((line) => line.startsWith(PREFIX));
    return new Map(ids.toSorted().map((id) => [shorten(id), id]));
  }

  /**
   * Runs tests one after the other, and prints each.
   *
   * @param ids the full names of the tests
   */
  async run(ids: readonly string[]): Promise<Result[]> {
    const list = path.join(this.#workspace.folder, "tests");
    const results = path.join(this.#workspace.folder, "results");
    writeFileSync(list, ids.join("\n"));
    const program = path.join(import.meta.dirname, "run_tests.py");
    await this.#run("python", [program, installed("stestr"), list, results], "inherit");
    return readFileSync(results, "utf8").trim().split("\n").map(parseResult);
  }

  #run(program: string, args: readonly string[], output?: "capture" | "inherit"): Promise<string> {
    return this.#processes.run(
      {
        title: `${program} ${args[0]}`,
        file: installed(program),
        args,
        cwd: this.#workspace.folder,
        env: {
          TEMPEST_CONFIG_DIR: this.#workspace.folder,
          TEMPEST_CONFIG: path.basename(this.#workspace.configuration),
          // The requests are in the log of the workspace.
          OS_LOG_CAPTURE: "0",
          PYTHONWARNINGS: "ignore",
        },
      },
      output,
    );
  }
}

function parseResult(line: string): Result {
  const { id, status, details } = reported.parse(JSON.parse(line));
  const text = details.reason ?? details.traceback ?? Object.values(details).join("\n");
  return { test: shorten(id), outcome: outcomes[status], details: text.trim() };
}

/** Returns the name of a test without the prefix and the tags. */
const shorten = (id: string): string => id.replace(PREFIX, "").replace(/\[.*$/, "");
