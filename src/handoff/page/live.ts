import { useEffect, useRef, useState } from "preact/hooks";
import { ask, inProject } from "./request.ts";

// How the page learns that offers have changed: by a stream of events from a service whose database is a file of its own.
// Another service is asked every few seconds, and responds with 304 while nothing has changed. A page that is hidden does
// neither, and asks as soon as it is shown.

/** How often the service is asked, milliseconds. */
const POLL_MS = 4000;
/** The time after which a service that sends nothing is asked again, milliseconds. A stream has a line every 15 seconds. */
const SILENCE_MS = 45_000;
/** The longest time until it is asked again after a failure, milliseconds. */
const MAX_WAIT_MS = 60_000;
/** The time until a stream that has ended is opened again, milliseconds; half of it at least. */
const REOPEN_MS = 1000;
/** The time without a response after which the reader learns that the page may be out of date, milliseconds. */
const STALE_MS = 45_000;

const listeners = new Set<() => void>();

/** Calls a function whenever an offer that the reader's project gives or gets has been made, looked at or closed. */
export function useChanges(call: () => void): void {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    const listener = () => latest.current();
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
}

/**
 * Learns of changes as long as the component is shown. A page has one of these.
 *
 * @param isOn whether the reader has a project
 * @returns whether the service has not answered for a while, so that the page may be out of date
 */
export function useLive(isOn: boolean): boolean {
  const [isStale, setStale] = useState(false);
  useEffect(() => {
    if (!isOn) return;
    const closed = new AbortController();
    void watch(closed.signal, setStale);
    return () => {
      closed.abort();
      setStale(false);
    };
  }, [isOn]);
  return isStale;
}

async function watch(closed: AbortSignal, setStale: (isStale: boolean) => void): Promise<void> {
  let version = "";
  let wait = POLL_MS;
  /** When the service was asked first of those times that it has not answered since. */
  let unanswered: number | undefined;
  const hear = () => {
    unanswered = undefined;
    setStale(false);
  };
  const learn = (next: string) => {
    wait = POLL_MS;
    if (next === version) return;
    version = next;
    for (const listener of listeners) listener();
  };
  while (!closed.aborted) {
    if (document.hidden) {
      unanswered = undefined;
      await pause(closed);
      continue;
    }
    unanswered ??= Date.now();
    try {
      const ended = await look(version, learn, hear, closed);
      if (ended) wait = REOPEN_MS * (0.5 + Math.random() / 2);
    } catch {
      wait = Math.min(Math.max(wait, POLL_MS) * 2, MAX_WAIT_MS);
      // A stream that was heard has begun to fail now.
      unanswered ??= Date.now();
      if (!closed.aborted && Date.now() - unanswered >= STALE_MS) setStale(true);
    }
    if (!closed.aborted) await pause(closed, document.hidden ? undefined : wait);
  }
}

/**
 * Asks for the version, and follows the stream if the service opens one.
 *
 * @param onAnswer is called when the service has answered
 * @returns whether it was a stream, which has ended
 */
async function look(
  version: string,
  learn: (next: string) => void,
  onAnswer: () => void,
  closed: AbortSignal,
): Promise<boolean> {
  const left = new AbortController();
  const hide = () => left.abort();
  closed.addEventListener("abort", hide);
  document.addEventListener("visibilitychange", hide);
  let silence: ReturnType<typeof setTimeout> | undefined;
  const hear = () => {
    clearTimeout(silence);
    silence = setTimeout(hide, SILENCE_MS);
  };
  hear();
  try {
    const response = await ask(inProject("volume-transfers/changes"), {
      headers: {
        Accept: "text/event-stream, application/json",
        ...(version !== "" && { "If-None-Match": `"${version}"` }),
      },
      signal: left.signal,
    });
    onAnswer();
    if (response.status === 304) {
      learn(version);
    } else if (response.headers.get("Content-Type")?.startsWith("text/event-stream") && response.body) {
      for await (const next of events(response.body, hear)) learn(next);
      return true;
    } else {
      const body: { readonly version: string } = await response.json();
      learn(body.version);
    }
    return false;
  } finally {
    clearTimeout(silence);
    closed.removeEventListener("abort", hide);
    document.removeEventListener("visibilitychange", hide);
  }
}

/**
 * Returns the data of server-sent events, each of one line. `EventSource` cannot name the session that a tab shows.
 *
 * @param hear is called when something has arrived, also a comment that only keeps the stream open
 */
async function* events(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  hear: () => void,
): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    hear();
    const lines = (text + value).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice("data: ".length);
  }
}

/** Waits for a time, milliseconds, or until the page is shown or hidden, or `closed`. */
function pause(closed: AbortSignal, ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      closed.removeEventListener("abort", end);
      document.removeEventListener("visibilitychange", end);
      resolve();
    };
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    closed.addEventListener("abort", end);
    document.addEventListener("visibilitychange", end);
  });
}
