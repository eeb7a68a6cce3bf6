import { inject } from "vitest";
import { DATABASES as NAMES } from "../support/databases.ts";

/** The URL of the shared service on each database: what these tests state is true on both. */
export const DATABASES = NAMES.map((name) => [name, inject("sharedServices")[name].url] as const);
