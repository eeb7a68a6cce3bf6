import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { BUDGET, measureBundleSize } from "./bundle_size.ts";
import { measurePageSize, PAGE_BUDGET } from "./page_size.ts";

/**
 * Prints the size of the Worker with the share of each dependency, and of the page at /handoff.
 *
 * @throws CliError above a budget
 */
export async function checkSize(processes: Processes): Promise<void> {
  const { gzipped, minified, parts } = await measureBundleSize(processes);
  for (const part of parts) console.log(`${String(part.gzipped).padStart(8)}  ${part.name}`);
  console.log(`${String(gzipped).padStart(8)}  bytes gzipped, ${minified} minified; the budget is ${BUDGET}`);
  const files = await measurePageSize();
  for (const file of files) console.log(`${String(file.gzipped).padStart(8)}  ${file.name}`);
  const page = files.reduce((sum, file) => sum + file.gzipped, 0);
  console.log(`${String(page).padStart(8)}  bytes gzipped of the page; the budget is ${PAGE_BUDGET}`);
  if (gzipped > BUDGET) throw new CliError(`the Worker is ${gzipped - BUDGET} bytes over its budget.`);
  if (page > PAGE_BUDGET) throw new CliError(`the page is ${page - PAGE_BUDGET} bytes over its budget.`);
}
