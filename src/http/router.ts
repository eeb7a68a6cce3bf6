import { HonoBase, type HonoOptions } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import type { AppEnv } from "./context.ts";

/**
 * Creates a router of Hono that matches paths in a tree. `Hono` also bundles and first tries `RegExpRouter`, which
 * cannot match `/volumes/detail` beside `/volumes/:id`.
 *
 * @param getPath returns the path to match; by default that of the request's URL
 */
export const createRouter = (getPath?: HonoOptions<AppEnv>["getPath"]) =>
  new HonoBase<AppEnv>({ router: new TrieRouter(), ...(getPath !== undefined && { getPath }) });
