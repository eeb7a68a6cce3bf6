import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { wrangler } from "../../src/cli/servers/wrangler.ts";
import { temporaryFolder } from "../../src/cli/settings/settings.ts";

/** What the Worker may weigh, bytes, minified and gzipped. */
export const BUDGET = 150_000;

const metafile = z.object({
  outputs: z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  ),
});

export interface Weight {
  /** Bytes, minified and gzipped. */
  readonly gzipped: number;
  readonly minified: number;
  /** What each package and `src` add: of the gzipped bytes as large a part as of the minified ones. */
  readonly parts: readonly { readonly name: string; readonly gzipped: number }[];
}

/** Weighs the Worker that `npm run deploy` uploads. */
export async function weigh(processes: Processes): Promise<Weight> {
  const folder = temporaryFolder();
  const meta = path.join(folder, "bundle-meta.json");
  await processes.run(wrangler("deploy", "--dry-run", "--minify", "--outdir", folder, "--metafile", meta));
  const bundle = readFileSync(path.join(folder, "index.js"));
  const gzipped = gzipSync(bundle, { level: 9 }).length;
  const { outputs } = metafile.parse(JSON.parse(readFileSync(meta, "utf8")));
  const parts = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = "src"] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
      parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
    }
  }
  const all = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    gzipped,
    minified: bundle.length,
    parts: [...parts]
      .map(([name, bytes]) => ({ name, gzipped: Math.round((gzipped * bytes) / all) }))
      .filter((part) => part.gzipped > 0)
      .sort((a, b) => b.gzipped - a.gzipped),
  };
}
