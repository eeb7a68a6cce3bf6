import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { wrangler } from "../../../src/cli/servers/wrangler.ts";
import { temporaryFolder } from "../../../src/cli/settings/settings.ts";

/** The limit of the size of the Worker, minified and gzipped, in bytes. Its goal is `BUNDLE_GOAL`. */
export const BUDGET = 162_000;

/** The part of esbuild's metafile that is used here. */
const metafile = z.object({
  outputs: z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  ),
});

export interface BundleSize {
  /** Bytes, minified and gzipped. */
  readonly gzipped: number;
  /** Bytes, minified. */
  readonly minified: number;
  /** The share of each package and of `src` in the gzipped bytes, in proportion to its minified bytes. */
  readonly parts: readonly { readonly name: string; readonly gzipped: number }[];
}

/** Measures the bundle that `npm run deploy` uploads. */
export async function measureBundleSize(processes: Processes): Promise<BundleSize> {
  const folder = temporaryFolder();
  const metafilePath = path.join(folder, "bundle-meta.json");
  await processes.run(
    wrangler("deploy", "--dry-run", "--minify", "--outdir", folder, "--metafile", metafilePath),
  );
  const bundle = readFileSync(path.join(folder, "index.js"));
  const gzipped = gzipSync(bundle, { level: 9 }).length;
  const bytesByPart = sumByPart(metafile.parse(JSON.parse(readFileSync(metafilePath, "utf8"))));
  const total = [...bytesByPart.values()].reduce((sum, bytes) => sum + bytes, 0);
  return {
    gzipped,
    minified: bundle.length,
    parts: [...bytesByPart]
      .map(([name, bytes]) => ({ name, gzipped: Math.round((gzipped * bytes) / total) }))
      .filter((part) => part.gzipped > 0)
      .sort((a, b) => b.gzipped - a.gzipped),
  };
}

/** Sums the minified bytes of each package and of `src`. */
function sumByPart({ outputs }: z.output<typeof metafile>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = "src"] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
      sums.set(name, (sums.get(name) ?? 0) + bytesInOutput);
    }
  }
  return sums;
}
