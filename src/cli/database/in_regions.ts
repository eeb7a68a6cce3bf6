import { CliError, formatFailure } from "../errors.ts";
import { type Region, selectRegions } from "../settings/regions.ts";
import { workerVariables } from "../settings/settings.ts";

/**
 * Runs a command's work on one region, or on all in turn, and then prints a summary. A region that fails does not stop
 * the others.
 *
 * @param selected the value of `--region`; undefined for all
 * @throws CliError that names the regions that failed; of a single region the error itself
 * @example
 * await runInRegions(options.region, async (region) => {
 *   const { database } = await selectDatabase(region, options, processes);
 *   await assertMigrated(database, processes);
 * });
 */
export async function runInRegions(
  selected: string | undefined,
  work: (region: Region) => Promise<void>,
  variables: Readonly<Record<string, string>> = workerVariables(),
): Promise<void> {
  const regions = selectRegions(variables, selected);
  const [only] = regions;
  if (only !== undefined && regions.length === 1) return work(only);
  const results = new Map<string, string>();
  const failed: string[] = [];
  for (const region of regions) {
    const { name = "" } = region;
    console.log(`volume-transfers: region ${name}`);
    try {
      await work(region);
      results.set(name, "done");
    } catch (error) {
      console.error(formatFailure(error));
      results.set(name, "failed");
      failed.push(name);
    }
  }
  console.log(`volume-transfers: ${[...results].map((result) => result.join(" ")).join(", ")}`);
  if (failed.length > 0) {
    throw new CliError(`${failed.length} of ${regions.length} regions failed: ${failed.join(", ")}`);
  }
}
