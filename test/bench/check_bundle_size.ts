import { CliError } from "../../src/cli/errors.ts";
import { supervise } from "../../src/cli/processes/supervise.ts";
import { BUDGET, measureBundleSize } from "./bundle_size.ts";

// npm run check:size: prints the size of the Worker and the share of each dependency. Fails above the budget.

await supervise("command", async (processes) => {
  const { gzipped, minified, parts } = await measureBundleSize(processes);
  for (const part of parts) console.log(`${String(part.gzipped).padStart(8)}  ${part.name}`);
  console.log(`${String(gzipped).padStart(8)}  bytes gzipped, ${minified} minified; the budget is ${BUDGET}`);
  if (gzipped > BUDGET) throw new CliError(`the Worker is ${gzipped - BUDGET} bytes over its budget.`);
});
