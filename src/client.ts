import type { app } from "./app.ts";

/** The API's type, for Hono's client: `hc<VolumeTransfers>("https://…")` calls every operation with types. */
export type VolumeTransfers = typeof app;
