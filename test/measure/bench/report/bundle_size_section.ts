import type { Results } from "../results.ts";
import { formatCount, formatTable } from "./markdown.ts";

/** Formats the size of the Worker by dependency. */
export function bundleSizeSection({ bundleSize }: Results): string[] {
  if (bundleSize === undefined) return [];
  const { gzipped, minified, parts, date } = bundleSize;
  return [
    "## Bundle size",
    `${date}. The Worker has ${formatCount(gzipped)} bytes, minified and gzipped (${formatCount(minified)} minified). \`npm run check:size\` prints the size, and CI fails above a budget. The gzipped bytes are distributed over the parts in proportion to their minified bytes.`,
    formatTable(
      ["Part", "Bytes"],
      parts.map((part) => [part.name, formatCount(part.gzipped)]),
    ),
  ];
}
