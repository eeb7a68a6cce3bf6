/** The parts that run by default, in their order. */
const DEFAULT_PARTS = [
  "bundle-size",
  "throughput",
  "shares",
  "delivery",
  "remote",
  "growth",
  "profile",
] as const;

/** All parts. The last three run only if they are named: `pocketbase` needs Go, and the others Debian 12 and root. */
export const PARTS = [...DEFAULT_PARTS, "pocketbase", "cinder", "facade"] as const;

export type Part = (typeof PARTS)[number];

/** Returns the named parts, or else the default ones, in the order in which they run. */
export const selectParts = (names: readonly Part[]): readonly Part[] =>
  names.length === 0 ? DEFAULT_PARTS : PARTS.filter((part) => names.includes(part));
