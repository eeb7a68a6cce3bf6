/** The databases that the service runs on. */
export const DATABASES = ["D1", "libSQL"] as const;
export type DatabaseName = (typeof DATABASES)[number];
