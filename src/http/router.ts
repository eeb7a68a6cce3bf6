import { HonoBase, type HonoOptions } from "hono/hono-base";
import { METHOD_NAME_ALL } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";
import type { RouterRoute } from "hono/types";
import type { AppEnv } from "./context.ts";

/**
 * Creates a router of Hono that matches paths in a tree. `Hono` also bundles and first tries `RegExpRouter`, which
 * cannot match `/volumes/detail` beside `/volumes/:id`.
 *
 * @param getPath returns the path to match; by default that of the request's URL
 */
export const createRouter = (getPath?: HonoOptions<AppEnv>["getPath"]) =>
  new HonoBase<AppEnv>({ router: new TrieRouter(), ...(getPath !== undefined && { getPath }) });

/**
 * Creates a function that returns the methods which routes accept at a path: those of the first pattern that matches
 * it, as for requests, so that `/volumes/detail` has not the methods of `/volumes/:id`.
 *
 * @param routes the routes of a router, middleware included
 * @example
 * const methodsAt = allowedMethods(app.routes);
 * methodsAt("/v3/volumes/detail"); // ["GET"]
 */
export function allowedMethods(routes: readonly RouterRoute[]): (path: string) => readonly string[] {
  const patterns = new TrieRouter<string>();
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    if (method === METHOD_NAME_ALL) continue;
    const known = methods.get(path);
    if (known === undefined) patterns.add(METHOD_NAME_ALL, path, path);
    methods.set(path, (known ?? new Set()).add(method));
  }
  return (path) => {
    const [[[pattern] = [""]]] = patterns.match(METHOD_NAME_ALL, path);
    return [...(methods.get(pattern) ?? [])];
  };
}
