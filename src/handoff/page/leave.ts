import { useEffect, useState } from "preact/hooks";

// Before the reader leaves a view that shows something for the only time, or that has not done all, the page asks.

type Go = () => void;

/** The loss of a reader who leaves: links that are shown for the only time, or the offers that are not made yet. */
type Loss = "links" | "unmade";

let ask: ((go: Go) => void) | undefined;
let kept = false;
let onBack: ((event: Event) => void) | undefined;

// The first listener of all: it can keep the event from the others.
addEventListener("popstate", (event) => onBack?.(event));

/** Goes to another view, or lets the present one ask first. */
export const leave = (go: Go): void => (ask === undefined ? go() : ask(go));

/** Returns whether the present view shows links for the only time that the reader does not have yet. */
export const isKept = (): boolean => kept;

const stopAsking = (): void => {
  ask = undefined;
  onBack = undefined;
};

/**
 * Asks before the view is left: by a link of the page, the browser's buttons, or with the tab. It asks about links once.
 *
 * @param loss what there is to ask about
 * @returns what the reader has begun and goes on with, while the question is open; undefined otherwise
 */
export function useQuestion(loss: Loss | undefined): { readonly go: Go; readonly stay: Go } | undefined {
  const [going, setGoing] = useState<Go>();
  const [asked, setAsked] = useState(false);
  const asks = loss !== undefined && !asked;
  useEffect(() => {
    kept = loss === "links";
    // Nothing is lost any more: the question is not open either.
    if (loss === undefined) setGoing(undefined);
    return () => {
      kept = false;
    };
  }, [loss]);
  useEffect(() => {
    if (!asks) return;
    const { href } = location;
    const begin = (go: Go) => {
      if (loss === "links") setAsked(true);
      setGoing(() => go);
    };
    onBack = (event) => {
      // The address has changed already. The view, and what else listens, stays.
      event.stopImmediatePropagation();
      history.pushState(null, "", href);
      begin(() => history.back());
    };
    const closing = (event: Event) => event.preventDefault();
    ask = begin;
    addEventListener("beforeunload", closing);
    return () => {
      stopAsking();
      removeEventListener("beforeunload", closing);
    };
  }, [asks, loss]);
  const go = () => {
    setAsked(true);
    stopAsking();
    going?.();
  };
  return going && { go, stay: () => setGoing(undefined) };
}
