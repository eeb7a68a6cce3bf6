import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { writeSection } from "../../support/document_section.ts";
import { startCloud } from "./cloud.ts";
import { writeConfiguration } from "./configuration.ts";
import { EXCLUSIONS } from "./exclusions.ts";
import { installTempest, packagesFolder } from "./installation.ts";
import { findRefusals } from "./refusals.ts";
import { exclusionTable, printReport } from "./report.ts";
import { select } from "./selection.ts";
import { Stestr } from "./stestr.ts";

/**
 * Runs OpenStack's tests of the Block Storage API.
 *
 * @param text runs only the tests whose name contains it; empty for all
 * @throws CliError if a test failed
 */
export async function runTempest(processes: Processes, text: string): Promise<void> {
  await installTempest(processes);
  const cloud = await startCloud({ hasStubs: true });
  try {
    const folder = path.join(projectFolder, ".data/tempest/run");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const workspace = writeConfiguration(folder, packagesFolder(), cloud.keystone);
    const stestr = new Stestr(workspace, processes);
    const listed = await stestr.list();
    const { selected, excluded } = select([...listed.keys()], EXCLUSIONS, text);
    const results = await stestr.run(selected.flatMap((test) => listed.get(test) ?? []));
    // Of a part of the tests one cannot say which parts of the API work.
    const refusals = text === "" ? findRefusals(readFileSync(workspace.log, "utf8"), cloud.url) : [];
    if (text === "")
      writeSection("docs/compatibility.md", "npm run test:tempest", exclusionTable(EXCLUSIONS));
    const failed = printReport({ selected, excluded, results, refusals });
    if (failed > 0) throw new CliError(`Tempest has failed. Its log is ${workspace.log}.`);
  } finally {
    await cloud.stop();
  }
}
