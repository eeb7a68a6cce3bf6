import { t } from "./messages/messages.ts";

// The words of the API, in those of the reader.

const STATUSES: ReadonlyMap<string, string> = new Map(Object.entries(t.statuses));

/** Returns the word for the status of a volume. */
export const statusWord = (status: string): string =>
  STATUSES.get(status.startsWith("error") ? "error" : status) ??
  status.charAt(0).toUpperCase() + status.slice(1).replaceAll(/[-_]/g, " ");

/** Returns the name of a volume type. */
export const typeWord = (type: string): string => (type === "__DEFAULT__" ? t.standardType : type);

const QUOTAS: readonly (readonly [name: RegExp, sentence: string])[] = [
  [/^per_volume_gigabytes$/, t.quotas.largeVolume],
  [/^volumes/, t.quotas.volumes],
  [/^gigabytes/, t.quotas.gigabytes],
  [/^snapshots/, t.quotas.snapshots],
];

/** Returns why a project has no room, by the name of the quota: `volumes`, or `volumes_TYPE` for those of a type. */
export function quotaWord(name: string): string {
  const [, sentence = t.quotas.other] = QUOTAS.find(([pattern]) => pattern.test(name)) ?? [];
  const type = /^(?:volumes|gigabytes|snapshots)_(.+)$/.exec(name)?.[1];
  return type === undefined ? sentence : t.quotas.ofType(sentence, typeWord(type));
}
