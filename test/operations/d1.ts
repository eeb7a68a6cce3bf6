import type { Processes } from "../../src/cli/processes/processes.ts";
import { D1_BINDING, wrangler } from "../../src/cli/servers/wrangler.ts";

/** Runs statements on the D1 in a folder, in one transaction. */
export async function d1Execute(
  folder: string,
  statements: readonly string[],
  processes: Processes,
): Promise<void> {
  const sql = statements.join(";\n");
  await processes.run(
    wrangler("d1", "execute", D1_BINDING, "--local", "--persist-to", folder, "--command", sql),
  );
}
