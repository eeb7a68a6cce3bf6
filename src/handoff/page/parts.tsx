import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ClosedTransfer, Page, Transfer } from "./api.ts";
import { formatTime } from "./format.ts";
import { t } from "./messages/messages.ts";
import { isMissing } from "./request.ts";

/** The heading of a view. It takes the focus, so that a screen reader begins there. */
export function Heading({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · ${t.brand}`;
    heading.current?.focus();
  }, [children]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** A message: `problem` is read at once by a screen reader, others when it is idle. */
export function Message({
  kind,
  children,
}: {
  readonly kind: "problem" | "warning" | "success" | "note";
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`message ${kind}`} role={kind === "problem" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** A message about an error, if there is one. */
export const Problem = ({ message }: { readonly message: string | undefined }) =>
  message === undefined ? null : <Message kind="problem">{message}</Message>;

export const Time = ({ value }: { readonly value: string }) => (
  <time dateTime={value.endsWith("Z") ? value : `${value}Z`}>{formatTime(value)}</time>
);

/** A name, or the id of what has none. */
export function Name({ name, id }: { readonly name: string | null; readonly id: string }) {
  return name === null || name === "" ? <code>{id}</code> : <bdi>{name}</bdi>;
}

/** The name of an offer, and its volume. */
export const OfferName = ({ transfer }: { readonly transfer: Transfer | ClosedTransfer }) => (
  <>
    <Name name={transfer.name} id={transfer.id} />
    <small>
      {t.offers.volume} <code>{transfer.volume_id}</code>
    </small>
  </>
);

/** A text to copy, with its button. */
export function Copyable({ label, text, secret }: { label: string; text: string; secret?: boolean }) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 3000);
    } catch {
      // Without the permission the reader copies the selected text.
      field.current?.select();
    }
  };
  return (
    <div class="copyable">
      <label>
        {label}
        <input
          ref={field}
          readOnly
          value={text}
          spellcheck={false}
          autocomplete="off"
          data-secret={secret}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <button type="button" class="secondary outline" aria-label={t.link.copyOf(label)} onClick={copy}>
        {copied ? t.link.copied : t.link.copy}
      </button>
      <span role="status" class="hidden">
        {copied ? t.link.copiedOf(label) : ""}
      </span>
    </div>
  );
}

/** The buttons of a list's pages. */
export function Pager(props: {
  back?: (() => void) | undefined;
  next?: (() => void) | undefined;
  label: string;
}) {
  if (props.back === undefined && props.next === undefined) return null;
  return (
    <nav class="pager" aria-label={props.label}>
      <button
        type="button"
        class="secondary outline"
        disabled={props.back === undefined}
        onClick={props.back}
      >
        {t.previous}
      </button>
      <button
        type="button"
        class="secondary outline"
        disabled={props.next === undefined}
        onClick={props.next}
      >
        {t.next}
      </button>
    </nav>
  );
}

/** A modal dialog, which the Escape key closes. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <article>
        <header>
          <button type="button" class="close" aria-label={t.close} onClick={() => dialog.current?.close()} />
          <h2 id="dialog-title">{title}</h2>
        </header>
        {children}
      </article>
    </dialog>
  );
}

/**
 * Moves through the pages of a list, whose markers it remembers.
 *
 * @param search what is sought: another search begins with its first page
 */
export function usePages(search = "") {
  const [state, setState] = useState<{ search: string; markers: readonly string[] }>();
  const markers = state?.search === search ? state.markers : [];
  const go = (next: readonly string[]) => () => setState({ search, markers: next });
  const marker = markers.at(-1);
  return {
    marker,
    /** Reads this page, or the first one if the last item of the page before is no longer in the list. */
    async read<Item>(list: (marker: string | undefined) => Promise<Page<Item>>): Promise<Page<Item>> {
      try {
        return await list(marker);
      } catch (error) {
        if (marker === undefined || !isMissing(error)) throw error;
        go([])();
        return list(undefined);
      }
    },
    /** Returns the functions that go to the page before this one, and to the page after it. */
    pager: (page: Page<{ readonly id: string }> | undefined) => {
      const last = page?.items.at(-1);
      return {
        back: markers.length === 0 ? undefined : go(markers.slice(0, -1)),
        next: page?.hasMore && last ? go([...markers, last.id]) : undefined,
      };
    },
  };
}
