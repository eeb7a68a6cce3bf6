import { supervise, UsageError } from "../../src/cli/processes/supervise.ts";
import { BUDGET, weigh } from "./bundle_size.ts";

// npm run weight: what the Worker weighs, and what each dependency adds. Fails beyond the budget.

await supervise("command", async (processes) => {
  const { gzipped, minified, parts } = await weigh(processes);
  for (const part of parts) console.log(`${String(part.gzipped).padStart(8)}  ${part.name}`);
  console.log(`${String(gzipped).padStart(8)}  bytes, gzipped (${minified} minified), of ${BUDGET}`);
  if (gzipped > BUDGET) throw new UsageError(`the Worker is ${gzipped - BUDGET} bytes over its budget.`);
});
