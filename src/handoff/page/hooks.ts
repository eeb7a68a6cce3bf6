import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";

/** Whether the session has ended. The view is hidden until the reader signs in again, and then goes on. */
export const PausedContext = createContext(false);

/** Returns the message of an error, for the reader. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Loaded<Data> {
  readonly data: Data | undefined;
  /** A sentence for the reader. */
  readonly error: string | undefined;
  readonly reload: () => void;
}

/**
 * Loads data now, whenever an input changes, after a new sign-in, and on demand. A response that is overtaken by a later
 * one is ignored.
 *
 * @param load must depend on the inputs alone
 * @example
 * const { data, error, reload } = useLoad(() => showVolume(id), [id]);
 */
export function useLoad<Data>(load: () => Promise<Data>, inputs: readonly unknown[]): Loaded<Data> {
  const [state, setState] = useState<{ data?: Data; error?: string }>({});
  const latest = useRef(0);
  const paused = useContext(PausedContext);
  const reload = useCallback(() => {
    const number = ++latest.current;
    load().then(
      (data) => number === latest.current && setState({ data }),
      (error: unknown) =>
        number === latest.current && setState((before) => ({ ...before, error: messageOf(error) })),
    );
  }, inputs);
  useEffect(() => {
    if (!paused) reload();
  }, [reload, paused]);
  return { data: state.data, error: state.error, reload };
}

export interface Action<Args extends readonly unknown[]> {
  readonly busy: boolean;
  /** A sentence for the reader, if the last run has failed. */
  readonly error: string | undefined;
  readonly run: (...args: Args) => void;
}

/**
 * Runs what the reader asks for, one at a time: pressing twice does it once. A new sign-in removes the error, which says
 * that the session has ended.
 *
 * @example
 * const { run, busy, error } = useAction((id: string) => withdraw(id));
 */
export function useAction<Args extends readonly unknown[]>(
  act: (...args: Args) => Promise<void>,
): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const running = useRef(false);
  const paused = useContext(PausedContext);
  useEffect(() => {
    if (!paused) setError(undefined);
  }, [paused]);
  const run = (...args: Args) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    act(...args)
      .catch((thrown: unknown) => setError(messageOf(thrown)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  };
  return { busy, error, run };
}

/**
 * Calls a function at intervals, while the page is visible.
 *
 * @param interval milliseconds; undefined to stop
 */
function useInterval(call: () => void, interval: number | undefined): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    if (interval === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, interval);
    return () => clearInterval(timer);
  }, [interval]);
}

/** Renders again at intervals, so that times that are left stay true. */
export function useClock(): void {
  const [, tick] = useState(0);
  useInterval(() => tick((n) => n + 1), 15_000);
}
