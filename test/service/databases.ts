import { inject } from "vitest";
import { DATABASES as NAMES } from "../support/databases.ts";

/**
 * The shared service on each database, with its URL, and what runs its cron trigger. What these tests state is true on
 * both.
 */
export const DATABASES = NAMES.map((name) => {
  const { url, cronUrl } = inject("sharedServices")[name];
  return [name, url, () => fetch(cronUrl)] as const;
});
