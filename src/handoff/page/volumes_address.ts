import { useEffect, useState } from "preact/hooks";
import { isId, SORTS, type VolumeQuery } from "./volumes_api.ts";

/** The state of the tab Volumes in its address: reload, back and a bookmark show the same. */
export interface VolumesAddress extends VolumeQuery {
  /** The number of the page, from 1. */
  readonly page: number;
  /** The volume whose detail is shown. */
  readonly volume?: string | undefined;
}

/** The parts of the address without which the list begins with its first page. */
const FIRST_PAGE = { page: 1, after: undefined, before: undefined } as const;

function readAddress(): VolumesAddress {
  const query = new URLSearchParams(location.search);
  const id = (name: string): string | undefined => {
    const value = query.get(name) ?? "";
    return isId(value) ? value : undefined;
  };
  const after = id("after");
  const before = after === undefined ? id("before") : undefined;
  const page = Number(query.get("page"));
  const sort = SORTS.find((each) => each === query.get("sort")) ?? SORTS[0];
  return {
    search: query.get("search")?.slice(0, 255) ?? "",
    status: /^[a-z_-]{1,60}$/.exec(query.get("status") ?? "")?.[0] ?? "",
    sort,
    volume: id("volume"),
    ...(after === undefined && before === undefined
      ? FIRST_PAGE
      : { after, before, page: Number.isSafeInteger(page) && page > 1 ? page : 2 }),
  };
}

/** Returns the address as the query of a URL. What is as in an address without it is left out. */
function queryOf({ search, status, sort, page, after, before, volume }: VolumesAddress): string {
  const parts = {
    view: "volumes",
    search,
    status,
    sort: sort === SORTS[0] ? "" : sort,
    page: page === 1 ? "" : String(page),
    after,
    before,
    volume,
  };
  const query = new URLSearchParams();
  for (const [name, value = ""] of Object.entries(parts)) if (value !== "") query.set(name, value);
  return `?${query}`;
}

/** Returns the first page of a list that has another search, status or order. */
export const firstPage = (changes: Partial<VolumeQuery>): Partial<VolumesAddress> => ({
  ...changes,
  ...FIRST_PAGE,
});

/** Returns the state of the tab that the address has, and what changes it. The browser's buttons work. */
export function useVolumesAddress() {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const moved = () => setAddress(readAddress());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const go = (changes: Partial<VolumesAddress>, replaces = false): void => {
    const next = { ...address, ...changes };
    if (replaces) history.replaceState(null, "", queryOf(next));
    // Pressed twice, a button leads to the same address.
    else if (queryOf(next) !== location.search) history.pushState(null, "", queryOf(next));
    setAddress(next);
  };
  return {
    address,
    /** Returns the URL of an address that differs from this one. */
    href: (changes: Partial<VolumesAddress>): string => queryOf({ ...address, ...changes }),
    /**
     * Changes the address.
     *
     * @param replaces whether "back" skips the address before
     */
    go,
  };
}

export type VolumesLocation = ReturnType<typeof useVolumesAddress>;
