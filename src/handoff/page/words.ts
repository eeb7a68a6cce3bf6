// What the API calls in its own words, in those of the reader.

const STATUSES: Readonly<Record<string, string>> = {
  available: "Available",
  "awaiting-transfer": "Offered",
  "in-use": "In use",
  error: "Failed",
  maintenance: "In maintenance",
};

/** Returns the word for the status of a volume. */
export const statusWord = (status: string): string =>
  STATUSES[status] ?? status.charAt(0).toUpperCase() + status.slice(1).replaceAll(/[-_]/g, " ");

/** Returns the name of a volume type. */
export const typeWord = (type: string): string => (type === "__DEFAULT__" ? "Standard" : type);

const QUOTAS: readonly (readonly [name: RegExp, sentence: string])[] = [
  [/^per_volume_gigabytes$/, "one volume may not be this large"],
  [/^volumes/, "it may have no more volumes"],
  [/^gigabytes/, "its volumes and snapshots may take no more space"],
  [/^snapshots/, "it may have no more snapshots"],
];

/** Returns why a project has no room, by the name of the quota: `volumes`, or `volumes_TYPE` for those of a type. */
export function quotaWord(name: string): string {
  const [, sentence = "its quota is used up"] = QUOTAS.find(([pattern]) => pattern.test(name)) ?? [];
  const type = /^(?:volumes|gigabytes|snapshots)_(.+)$/.exec(name)?.[1];
  return type === undefined ? sentence : `${sentence} of type ${typeWord(type)}`;
}
