import { env } from "cloudflare:test";
import { type Call, TOKENS, wholePath } from "../../measure/calls.ts";
import { SEEDED_TABLES, seed } from "../../measure/seed.ts";
import { request } from "./service.ts";

/** Replaces the rows of the database by those of `seed`. */
export async function fill(size: number): Promise<void> {
  for (const table of SEEDED_TABLES) await env.DB.exec(`delete from ${table}`);
  for (const statement of seed(size)) await env.DB.prepare(statement).run();
}

/** Makes the function with which `everyEndpoint` calls the app, on the given D1. */
export const callOn =
  (DB: D1Database): Call =>
  async (as, method, path, body) => {
    const headers = { "X-Auth-Token": TOKENS[as], "OpenStack-API-Version": "volume latest" };
    const response = await request(
      wholePath(path),
      body === undefined
        ? { method, headers }
        : { method, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) },
      { ...env, DB },
    );
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
