import { serveWith } from "../../../src/cli/commands/serve.ts";
import { supervise } from "../../../src/cli/processes/supervise.ts";

// `npm run serve` of a version with other migrations, which are in the folder MIGRATIONS.

await supervise("service", () => serveWith(process.env.MIGRATIONS ?? ""));
