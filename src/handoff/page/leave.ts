import { useEffect, useState } from "preact/hooks";

// Before the reader leaves a view that shows something for the only time, the page asks once.

type Go = () => void;

let ask: ((go: Go) => void) | undefined;
let kept = false;
let onBack: ((event: Event) => void) | undefined;

// The first listener of all: it can keep the event from the others.
addEventListener("popstate", (event) => onBack?.(event));

/** Goes to another view, or lets the present one ask first. */
export const leave = (go: Go): void => (ask === undefined ? go() : ask(go));

/** Returns whether the present view shows something for the only time that the reader does not have yet. */
export const isKept = (): boolean => kept;

/**
 * Asks once before the view is left: by a link of the page, the browser's buttons, or with the tab.
 *
 * @param needed whether there is something to ask
 * @returns what the reader has begun and goes on with, while the question is open; undefined otherwise
 */
export function useQuestion(needed: boolean): { readonly go: Go; readonly stay: Go } | undefined {
  const [going, setGoing] = useState<Go>();
  const [asked, setAsked] = useState(false);
  const asks = needed && !asked;
  useEffect(() => {
    kept = needed;
    return () => {
      kept = false;
    };
  }, [needed]);
  useEffect(() => {
    if (!asks) return;
    const { href } = location;
    const begin = (go: Go) => {
      setAsked(true);
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
      ask = undefined;
      onBack = undefined;
      removeEventListener("beforeunload", closing);
    };
  }, [asks]);
  return going && { go: going, stay: () => setGoing(undefined) };
}
