// The link of an offer. Its key is in the fragment, which browsers send to no server.

/** The id and key with which a recipient accepts an offer. */
export interface OfferKey {
  readonly id: string;
  readonly auth_key: string;
}

const FRAGMENT = /^#?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9a-z]{1,64})$/;

/** Makes a link of an offer to a page at some address. */
export const linkTo = (page: string, { id, auth_key }: OfferKey): string => `${page}#${id}.${auth_key}`;

/** Makes the link that a recipient opens. The path contains the region, if there are several. */
export const offerLink = (offer: OfferKey): string => linkTo(location.origin + location.pathname, offer);

/** Parses a fragment, or a whole link; undefined if it is not of an offer. */
export function parseLink(text: string): OfferKey | undefined {
  const [, id, auth_key] = FRAGMENT.exec(text.trim().replace(/^[^#]*(?=#)/, "")) ?? [];
  return id === undefined || auth_key === undefined ? undefined : { id, auth_key };
}

/**
 * Returns the region whose page a link leads to; undefined if it leads to none of them.
 *
 * @param regions the regions, with the addresses of their pages
 */
export function regionOfLink<Region extends { readonly href: string }>(
  text: string,
  regions: readonly Region[],
): Region | undefined {
  // Without the scheme: a proxy can have another one than the service behind it.
  const pageOf = (url: URL | null) => url && url.host + url.pathname;
  const page = pageOf(URL.parse(text.trim()));
  return page === null
    ? undefined
    : regions.find(({ href }) => pageOf(URL.parse(href, location.href)) === page);
}

/**
 * Takes the offer out of the address of this page: the key is then neither in the address bar nor in what a bookmark
 * or a shared screen shows.
 *
 * @returns the offer; `incomplete` for a link of which a part is missing; undefined for an address without an offer
 */
export function takeLink(): OfferKey | "incomplete" | undefined {
  const { hash, pathname, search } = location;
  if (hash === "" || hash === "#") return undefined;
  history.replaceState(null, "", pathname + search);
  return parseLink(hash) ?? "incomplete";
}
