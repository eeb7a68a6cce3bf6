import { applyD1Migrations, env } from "cloudflare:test";
import { SEEDED_TABLES } from "../../measure/seed.ts";

// The files share one runtime and its database, which is empty at the start of each.
await applyD1Migrations(env.DB, env.MIGRATIONS);
for (const table of SEEDED_TABLES) await env.DB.exec(`delete from ${table}`);
