import type { ComponentChildren } from "preact";
import { goTo } from "./views.ts";

/**
 * A link to a place on the page, which is not loaded anew.
 *
 * @param props.to the query of its address
 * @param props.button whether it looks like the button of an empty list
 */
export function Link(props: {
  readonly to: string;
  readonly button?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <a
      href={props.to}
      class={props.button ? "button outline" : undefined}
      onClick={(event) => {
        // In a new tab or window, if the reader asks for one.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        goTo(props.to);
      }}
    >
      {props.children}
    </a>
  );
}
