import { useEffect, useState } from "preact/hooks";
import { leave } from "./leave.ts";
import { t } from "./messages/messages.ts";

/** The views between which the reader moves. Each has an address of its own. */
export const VIEWS = [
  { id: "volumes", title: t.views.volumes },
  { id: "offers", title: t.views.offers },
  { id: "receive", title: t.views.receive },
  { id: "history", title: t.views.history },
] as const;

export type View = (typeof VIEWS)[number]["id"];

/** The name of an offer in an address: the history is read by the volume. */
export interface OfferId {
  readonly id: string;
  readonly volume_id: string;
}

/** A place on the page: a view, and the offer that it shows alone. */
interface Place {
  readonly view: View;
  readonly offer: OfferId | undefined;
  /** The id of an offer for the reader's project, which needs no key. */
  readonly incoming: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function currentPlace(): Place {
  const query = new URLSearchParams(location.search);
  const view = VIEWS.find(({ id }) => id === query.get("view"))?.id ?? "volumes";
  const [id, volume_id] = [query.get("offer") ?? "", query.get("volume") ?? ""];
  return {
    view,
    offer: UUID.test(id) && UUID.test(volume_id) ? { id, volume_id } : undefined,
    incoming: view === "receive" && UUID.test(id) ? id : undefined,
  };
}

export const viewAddress = (view: View): string => `?view=${view}`;
export const volumeAddress = (id: string): string => `${viewAddress("volumes")}&volume=${id}`;
export const incomingAddress = (id: string): string => `${viewAddress("receive")}&offer=${id}`;
export const offerAddress = (view: View, { id, volume_id }: OfferId): string =>
  `${viewAddress(view)}&offer=${id}&volume=${volume_id}`;

/**
 * Goes to a place, unless the present view asks first and the reader stays.
 *
 * @param onGone what else happens when the reader goes
 */
export const goTo = (address: string, onGone?: () => void): void =>
  leave(() => {
    if (address !== location.search) history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
    onGone?.();
  });

/**
 * Returns the place of the address. The browser's buttons work.
 *
 * @param onMoved what happens when the reader goes to another place, or to the same one again
 */
export function usePlace(onMoved: () => void): Place {
  const [place, setPlace] = useState(currentPlace);
  useEffect(() => {
    const moved = () => {
      setPlace(currentPlace());
      onMoved();
    };
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  return place;
}
