import { inject } from "vitest";

/** The service on each database, by name and address: everything here is true of both. */
export const DATABASES: [database: string, url: string][] = [
  ["D1", inject("services").d1],
  ["libSQL", inject("services").libsql],
];
