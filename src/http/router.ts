import { HonoBase } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import type { AppEnv } from "./context.ts";

/**
 * Creates a router of Hono that matches paths in a tree. `Hono` also bundles and first tries `RegExpRouter`, which
 * cannot match `/volumes/detail` beside `/volumes/:id`.
 */
export const createRouter = () => new HonoBase<AppEnv>({ router: new TrieRouter() });
