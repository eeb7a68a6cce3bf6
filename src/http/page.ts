import type { Context } from "hono";
import type { Listed } from "../db/statements/keyset.ts";
import type { PageRows } from "../db/statements/page_size.ts";
import type { AppEnv } from "./context.ts";
import { type Link, nextLinks } from "./links.ts";

type PageBody<Name extends string, LinksName extends string, View> = { readonly [name in Name]: View[] } & {
  readonly [name in LinksName]?: Link[];
};

/**
 * Makes the body of a page: the items, and the link to the next page unless this one is the last.
 *
 * @param name the name of the items: `volumes`, and then `volumes_links`
 * @param view makes the view of an item at the request's microversion
 * @param linked whether the microversion has links to pages
 */
export function pageBody<
  Name extends string,
  Item extends { readonly id: string },
  View,
  LinksName extends string = `${Name}_links`,
>(
  c: Context<AppEnv>,
  name: Name,
  page: PageRows<Item>,
  view: (c: Context<AppEnv>) => (item: Item) => View,
  linked = true,
  linksName: string = `${name}_links`,
): PageBody<Name, LinksName, View> {
  const links = linked ? nextLinks(c, page) : [];
  const body = { [name]: page.rows.map(view(c)), ...(links.length > 0 && { [linksName]: links }) };
  // TypeScript types computed names as an index signature: it cannot know that `name` is the only one.
  return body as PageBody<Name, LinksName, View>;
}

/** Makes the body of a page as `pageBody` does, with the number of items on all pages if the request asks for it. */
export function countedPageBody<Name extends string, Item extends { readonly id: string }, View>(
  c: Context<AppEnv>,
  name: Name,
  { count, ...page }: Listed<Item>,
  view: (c: Context<AppEnv>) => (item: Item) => View,
): PageBody<Name, `${Name}_links`, View> & { readonly count?: number } {
  return { ...pageBody(c, name, page, view), ...(count !== undefined && { count }) };
}
