import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { type CinderVersion, installCinder } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";
import {
  compareRecordings,
  NEWEST,
  type Recording,
  readRecording,
  recordSession,
  writeRecording,
} from "./recording.ts";
import { scenarios } from "./scenarios.mjs";
import { Session } from "./session.ts";

/**
 * Sends the scenarios to a real Cinder, and writes its responses.
 *
 * @param options.check writes nothing
 * @throws CliError if the responses to a check differ from the recorded ones
 */
export async function recordCinder(
  processes: Processes,
  version: CinderVersion,
  { check = false }: { readonly check?: boolean },
): Promise<void> {
  const running = process.env.CINDER_URL?.replace(/\/$/, "");
  const url = running || (await startCinder(await installCinder(version, processes), processes)).url;
  await assertVersion(url, version);

  const recording = await record(url);
  const exchanges = Object.values(recording).flat();
  const compared = exchanges.filter(({ setup }) => !setup).length;
  const summary = `${Object.keys(recording).length} scenarios, ${exchanges.length} exchanges, ${compared} of them compared`;
  const differences = compareRecordings(readRecording(version), recording);
  for (const difference of differences) console.log(difference);
  console.log(`Cinder ${version}: ${summary}; ${differences.length} differences from the recording before`);
  if (!check) writeRecording(version, recording);
  else if (differences.length > 0) throw new CliError(`Cinder ${version} no longer responds as recorded.`);
}

async function record(url: string): Promise<Recording> {
  const recording: Record<string, Recording[string]> = {};
  // One after another: two scenarios at once could not be told apart in Cinder's log.
  for (const [name, scenario] of Object.entries(scenarios)) {
    const session = new Session(url);
    try {
      await scenario(session);
    } catch (error) {
      throw new CliError(`the scenario ${name} failed: ${error instanceof Error ? error.message : error}`);
    }
    recording[name] = recordSession(session);
  }
  return recording;
}

/** @throws CliError if the Cinder at a URL has another newest microversion */
async function assertVersion(url: string, version: CinderVersion): Promise<void> {
  const response = await fetch(`${url}/`).catch(() => {
    throw new CliError(`there is no Cinder at ${url}.`);
  });
  const found = /"version": "(3\.\d+)"/.exec(await response.text())?.[1];
  if (found === NEWEST[version]) return;
  throw new CliError(`${url} is not a Cinder ${version}: its newest microversion is ${found ?? "unknown"}.`);
}
