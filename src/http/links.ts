import type { Context } from "hono";
import type { PageRows } from "../db/statements/page_size.ts";
import type { AppEnv } from "./context.ts";
import { nextPageQuery } from "./pagination.ts";

export interface Link {
  readonly rel: "self" | "bookmark" | "next";
  readonly href: string;
}

/** Returns the base URL of the links of the request's region, without a trailing slash. */
export const endpoint = (c: Context<AppEnv>): string => {
  const { root, prefix } = c.get("address");
  return root + prefix;
};

/** Makes the two links of a resource. They contain the project if the request's path does. */
export function resourceLinks(c: Context<AppEnv>, collection: string): (id: string) => Link[] {
  const project = c.req.param("project_id");
  const path = project === undefined ? collection : `${project}/${collection}`;
  const root = endpoint(c);
  return (id) => [
    { rel: "self", href: `${root}/v3/${path}/${id}` },
    { rel: "bookmark", href: `${root}/${path}/${id}` },
  ];
}

/** Returns the link to the next page, as a list; an empty list if this page is the last. */
export function nextLinks(c: Context<AppEnv>, { rows, more }: PageRows<{ readonly id: string }>): Link[] {
  const last = rows.at(-1);
  if (last === undefined || !more) return [];
  // Not `new URL`, which throws for a malformed `Host`.
  const [, query = ""] = /\?([^#]*)/.exec(c.req.url) ?? [];
  // Hono has decoded the escapes that `encodeURI` makes, and no others.
  const path = encodeURI(c.req.path).replaceAll("%25", "%");
  return [{ rel: "next", href: `${endpoint(c)}${path}?${nextPageQuery(query, last.id)}` }];
}

/** The second that was formatted last, and its text: most times of a page are close to each other. */
let formatted = { second: Number.NaN, text: "" };

/**
 * Formats a time (milliseconds since the epoch) as OpenStack does: UTC, microseconds, no zone.
 *
 * @example
 * timestamp(0); // "1970-01-01T00:00:00.000000"
 */
export function timestamp(time: number): string;
export function timestamp(time: number | null): string | null;
export function timestamp(time: number | null): string | null {
  if (time === null) return null;
  const second = Math.floor(time / 1000);
  if (second !== formatted.second) formatted = { second, text: new Date(time).toISOString().slice(0, -4) };
  return `${formatted.text}${String(Math.trunc(time - second * 1000)).padStart(3, "0")}000`;
}
