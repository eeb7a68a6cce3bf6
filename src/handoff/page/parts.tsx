import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import type { Page } from "./api.ts";
import { brandName } from "./brand.tsx";
import { formatTime } from "./format.ts";
import { PausedContext } from "./hooks.ts";
import { leave } from "./leave.ts";
import { t } from "./messages/messages.ts";
import { isMissing } from "./request.ts";

/** The heading of a view. It takes the focus, so that a screen reader begins there. */
export function Heading({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const paused = useContext(PausedContext);
  useEffect(() => {
    if (paused) return;
    document.title = `${children} · ${brandName()}`;
    heading.current?.focus();
  }, [children, paused]);
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

/**
 * A message about an error, if there is one.
 *
 * @param props.onRetry tries again what has failed
 */
export const Problem = (props: { readonly message: string | undefined; readonly onRetry?: () => void }) =>
  props.message === undefined ? null : (
    <Message kind="problem">
      {props.message}{" "}
      {props.onRetry && (
        <button type="button" class="link" onClick={props.onRetry}>
          {t.tryAgain}
        </button>
      )}
    </Message>
  );

export const Time = ({ value }: { readonly value: string }) => (
  <time dateTime={value.endsWith("Z") ? value : `${value}Z`}>{formatTime(value)}</time>
);

/** A name, or the id of what has none. */
export function Name({ name, id }: { readonly name: string | null; readonly id: string }) {
  return name === null || name === "" ? <code>{id}</code> : <bdi>{name}</bdi>;
}

/** The id of a project: the service does not know its name. It is cut where there is no room. */
export const ProjectId = ({ id }: { readonly id: string }) => (
  <code class="project" title={id}>
    {id}
  </code>
);

/** The buttons of a list's pages. */
export function Pager(props: {
  back?: (() => void) | undefined;
  next?: (() => void) | undefined;
  label: string;
}) {
  if (props.back === undefined && props.next === undefined) return null;
  return (
    <nav class="pager" aria-label={props.label}>
      <button type="button" class="outline" disabled={props.back === undefined} onClick={props.back}>
        {t.previous}
      </button>
      <button type="button" class="outline" disabled={props.next === undefined} onClick={props.next}>
        {t.next}
      </button>
    </nav>
  );
}

/** A button whose action takes a moment: pressing it again does nothing. */
export const Busy = (props: {
  readonly busy: boolean;
  readonly onClick: () => void;
  readonly children: string;
}) => (
  <button type="button" aria-busy={props.busy} aria-disabled={props.busy} onClick={props.onClick}>
    {props.children}
  </button>
);

/** Closes the dialog around; undefined outside of one. */
export const CloseContext = createContext<(() => void) | undefined>(undefined);

/**
 * A modal dialog, which the Escape key closes. It focuses the field or button with `data-focus`, or its first field.
 *
 * @param props.asks whether it is closed only after the question about what it shows for the only time
 * @param props.onClose removes it
 */
export function Dialog({
  title,
  asks = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly asks?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const paused = useContext(PausedContext);
  const id = useId();
  const end = () => dialog.current?.close();
  const close = () => (asks ? leave(end) : end());
  useEffect(() => {
    const { current } = dialog;
    // Also hidden, an open one would keep the reader from the sign-in.
    if (paused) return current?.close();
    current?.showModal();
    current
      ?.querySelector<HTMLElement>("[data-focus], form :is(input, select):not([type=checkbox])")
      ?.focus();
  }, [paused]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={paused ? undefined : onClose}
    >
      <article>
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="close" aria-label={t.close} onClick={close} />
        </header>
        <CloseContext.Provider value={close}>{children}</CloseContext.Provider>
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
