import { BUDGET } from "../bundle_size.ts";
import type { Results } from "../results.ts";
import { formatCount, formatGoal, formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Formats the size of the Worker by dependency. */
export function bundleSizeSection({ bundleSize }: Results): Section {
  if (bundleSize === undefined) return NO_SECTION;
  const { gzipped, minified, parts, date } = bundleSize;
  return {
    paragraphs: [
      "## Bundle size",
      `${date}. The Worker has ${formatCount(gzipped)} bytes, minified and gzipped (${formatCount(minified)} minified). The budget is ${formatCount(BUDGET)}: ${formatGoal(gzipped <= BUDGET)}. \`npm run check:size\` prints the size, and CI fails above the budget. The gzipped bytes are distributed over the parts in proportion to their minified bytes.`,
      formatTable(
        ["Part", "Bytes"],
        parts.map((part) => [part.name, formatCount(part.gzipped)]),
      ),
    ],
  };
}
