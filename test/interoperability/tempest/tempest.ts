import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { writeSection } from "../../support/document_section.ts";
import { DEFAULT_VERSION, installCinder } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";
import { REGION } from "../keystone/data.ts";
import { CINDER_REGION, startCloud } from "./cloud.ts";
import { writeConfiguration } from "./configuration.ts";
import { EXCLUSIONS } from "./exclusions.ts";
import { installTempest, packagesFolder } from "./installation.ts";
import { findRefusals } from "./refusals.ts";
import { exclusionTable, judge, printComparison, printReport } from "./report.ts";
import { select } from "./selection.ts";
import { Stestr } from "./stestr.ts";

/**
 * Runs OpenStack's tests of the Block Storage API.
 *
 * @param text runs only the tests whose name contains it; empty for all
 * @param options.facade compares the service in front of a Cinder with the Cinder alone
 * @throws CliError if a test failed
 */
export async function runTempest(
  processes: Processes,
  text: string,
  { facade }: { readonly facade?: true },
): Promise<void> {
  await installTempest(processes);
  await (facade ? compareWithCinder(processes, text) : testService(processes, text));
}

/** Returns an empty folder for a run. */
function emptyFolder(name: string): string {
  const folder = path.join(projectFolder, ".data/tempest", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function testService(processes: Processes, text: string): Promise<void> {
  const cloud = await startCloud({ hasStubs: true });
  try {
    const workspace = writeConfiguration(emptyFolder("run"), packagesFolder(), cloud.keystone);
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

/**
 * Runs all tests twice with a real Cinder: by the service in front of it, and past the service.
 *
 * @throws CliError if a test fails or is skipped with the service that passes on the Cinder alone
 */
async function compareWithCinder(processes: Processes, text: string): Promise<void> {
  const installation = await installCinder(DEFAULT_VERSION, processes);
  const cloud = await startCloud({
    hasStubs: true,
    startCinder: (keystone) => startCinder(installation, processes, keystone),
  });
  const run = async (name: string, region: string) => {
    const workspace = writeConfiguration(emptyFolder(name), packagesFolder(), cloud.keystone, region);
    const stestr = new Stestr(workspace, processes);
    const listed = await stestr.list();
    const { selected } = select([...listed.keys()], [], text);
    const results = await stestr.run(selected.flatMap((test) => listed.get(test) ?? []));
    return selected.map((test) => judge(test, results, []));
  };
  try {
    const alone = await run("cinder", CINDER_REGION);
    const inFront = await run("facade", REGION);
    const failed = printComparison(alone, inFront);
    if (failed > 0) throw new CliError("Tempest has failed. Its logs are in .data/tempest.");
  } finally {
    await cloud.stop();
  }
}
