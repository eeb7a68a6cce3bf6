import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import type { Action } from "./hooks.ts";
import { t } from "./messages/messages.ts";
import { CloseContext, Problem } from "./parts.tsx";

/**
 * A form with the message of its last failure above its fields, and its buttons below them: in a dialog also one that
 * closes it.
 *
 * @param props.action what it does with its fields
 * @param props.submit the text of its button
 * @param props.careful whether its dialog focuses the button that closes it, because something would be lost
 */
export function Form(props: {
  readonly action: Action<[fields: FormData]>;
  readonly submit: string;
  readonly careful?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { busy, error, run } = props.action;
  const close = useContext(CloseContext);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        run(new FormData(event.currentTarget));
      }}
    >
      <Problem message={error} />
      {props.children}
      <div class="buttons">
        {close && (
          <button type="button" class="outline" data-focus={props.careful} onClick={close}>
            {t.cancel}
          </button>
        )}
        <button type="submit" aria-busy={busy} aria-disabled={busy}>
          {props.submit}
        </button>
      </div>
    </form>
  );
}

/** Returns the text of a field without the blanks around it; empty if the form has no such field. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value.trim() : "";
}
