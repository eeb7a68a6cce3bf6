import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventStreams, type StreamOptions } from "../../../src/http/event_streams.ts";

/** As in `src/http/event_streams.ts`. */
const MAX_STREAMS = 1000;
const MAX_UNREAD = 8;
const HEARTBEAT_MS = 15_000;
const LIFETIME_MS = 600_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The data of all streams, which tests change. */
function createSource() {
  const listeners = new Set<() => void>();
  let data = 0;
  const read = vi.fn(() => Promise.resolve(String(data)));
  const onChange = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  /** Changes the data, and waits until all streams have been offered it. */
  const change = async () => {
    data++;
    for (const listener of listeners) listener();
    await vi.advanceTimersByTimeAsync(1000);
  };
  return { read, onChange, change, listeners };
}

/** Opens a stream. */
function open(
  streams: EventStreams,
  options: Pick<StreamOptions, "read" | "onChange"> & Partial<StreamOptions>,
) {
  const stream = streams.open({
    key: "alpha",
    session: undefined,
    isAuthenticated: () => Promise.resolve(true),
    ...options,
  });
  if (stream === undefined) throw new Error("there are too many streams");
  return stream;
}

describe("the open streams", () => {
  it("drop a client that does not read", async () => {
    const streams = new EventStreams();
    const { change, listeners, ...source } = createSource();
    open(streams, source);
    await vi.advanceTimersByTimeAsync(1000);
    // The first message is that of the beginning.
    for (let n = 1; n < MAX_UNREAD; n++) await change();
    expect(streams.size).toBe(1);
    await change();
    expect(streams.size).toBe(0);
    expect(listeners.size).toBe(0);
  });

  it("keep a client that reads, send it what changes, and between two changes a sign of life", async () => {
    const streams = new EventStreams();
    const { change, ...source } = createSource();
    const reader = open(streams, source).pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader.read()).toEqual({ done: false, value: "data: 0\n\n" });
    for (let n = 1; n < MAX_UNREAD + 4; n++) {
      await change();
      expect(await reader.read()).toEqual({ done: false, value: `data: ${n}\n\n` });
    }
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    while ((await reader.read()).value !== ":\n\n");
    expect(streams.size).toBe(1);
  });

  it("read their data once for all clients with the same key, however many changes there are", async () => {
    const streams = new EventStreams();
    const { listeners, read, ...source } = createSource();
    for (const key of ["alpha", "alpha", "alpha", "beta"]) open(streams, { ...source, read, key });
    await vi.advanceTimersByTimeAsync(1000);
    read.mockClear();
    for (let n = 0; n < 100; n++) for (const listener of listeners) listener();
    await vi.advanceTimersByTimeAsync(1000);
    // Once at the first change, and once for those that came meanwhile.
    expect(read.mock.calls).toEqual([["alpha"], ["beta"], ["alpha"], ["beta"]]);
  });

  it("end after ten minutes, so that no client keeps one for ever", async () => {
    const streams = new EventStreams();
    const reader = open(streams, createSource()).getReader();
    const last = (async () => {
      while (!(await reader.read()).done);
      return "ended";
    })();
    await vi.advanceTimersByTimeAsync(LIFETIME_MS + HEARTBEAT_MS);
    expect(await last).toBe("ended");
    expect(streams.size).toBe(0);
  });

  it("end if the token is not valid any more, or cannot be validated", async () => {
    const streams = new EventStreams();
    const source = createSource();
    open(streams, { ...source, isAuthenticated: () => Promise.resolve(false) });
    open(streams, { ...source, isAuthenticated: () => Promise.reject(new Error("no answer")) });
    open(streams, source);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(streams.size).toBe(1);
  });

  it("go on after the data could not be read", async () => {
    const streams = new EventStreams();
    const { change, read, ...source } = createSource();
    const reader = open(streams, { ...source, read })
      .pipeThrough(new TextDecoderStream())
      .getReader();
    await reader.read();
    read.mockRejectedValueOnce(new Error("the database is away"));
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await change();
    expect(log).toHaveBeenCalledWith(expect.stringContaining("the database is away"));
    await change();
    expect(await reader.read()).toEqual({ done: false, value: "data: 2\n\n" });
  });

  it("are bounded in all, and no others are opened once they are closed", () => {
    const streams = new EventStreams();
    const source = createSource();
    for (let n = 0; n < MAX_STREAMS; n++) open(streams, { ...source, key: `project ${n}` });
    expect(() => open(streams, source)).toThrow("too many");
    streams.close();
    expect(streams.size).toBe(0);
    expect(() => open(streams, source)).toThrow("too many");
  });
});
