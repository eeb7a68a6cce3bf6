import { useEffect, useState } from "preact/hooks";
import { t } from "./messages/messages.ts";

/** The views between which the reader moves. Each has an address of its own. */
export const VIEWS = [
  { id: "volumes", title: t.views.volumes },
  { id: "offers", title: t.views.offers },
  { id: "receive", title: t.views.receive },
  { id: "history", title: t.views.history },
] as const;

export type View = (typeof VIEWS)[number]["id"];

function currentView(): View {
  const asked = new URLSearchParams(location.search).get("view");
  return VIEWS.find(({ id }) => id === asked)?.id ?? "volumes";
}

/** Returns the view of the address, and what changes it. The browser's buttons work. */
export function useView(): [View, (view: View) => void] {
  const [view, setView] = useState(currentView);
  useEffect(() => {
    const moved = () => setView(currentView());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const show = (next: View) => {
    if (next !== currentView()) history.pushState(null, "", `?view=${next}`);
    setView(next);
  };
  return [view, show];
}
