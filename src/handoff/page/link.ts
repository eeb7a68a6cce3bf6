// The link of an offer. Its key is in the fragment, which browsers send to no server.

/** What a recipient needs to accept an offer. */
export interface OfferKey {
  readonly id: string;
  readonly auth_key: string;
}

const FRAGMENT = /^#?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9a-z]{1,64})$/;

/** Makes the link that a recipient opens. */
export const offerLink = ({ id, auth_key }: OfferKey): string =>
  `${location.origin}${location.pathname}#${id}.${auth_key}`;

/** Parses a fragment, or a whole link; undefined if it is not of an offer. */
export function parseLink(text: string): OfferKey | undefined {
  const [, id, auth_key] = FRAGMENT.exec(text.trim().replace(/^[^#]*(?=#)/, "")) ?? [];
  return id === undefined || auth_key === undefined ? undefined : { id, auth_key };
}

/**
 * Takes the offer out of the address of this page: the key is then neither in the address bar nor in what a bookmark
 * or a shared screen shows.
 */
export function takeLink(): OfferKey | undefined {
  const { hash, pathname, search } = location;
  if (hash === "") return undefined;
  history.replaceState(null, "", pathname + search);
  return parseLink(hash);
}
