import { runInRegions } from "../database/in_regions.ts";
import { type DatabaseOptions, selectDatabase } from "../database/select_database.ts";
import { assertConsistent } from "../fsck/check_database.ts";
import type { Processes } from "../processes/processes.ts";

interface FsckOptions extends DatabaseOptions {
  /** Whether a notice is a failure, too. */
  readonly strict?: true | undefined;
}

/** Checks the database of each region. */
export async function fsck(processes: Processes, options: FsckOptions): Promise<void> {
  await runInRegions(options.region, async (region) => {
    const selected = await selectDatabase(region, options, processes);
    console.log(await assertConsistent(selected, processes, { strict: options.strict === true }));
  });
}
