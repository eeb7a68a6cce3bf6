import { type Config, perConfig } from "../config/config.ts";
import { errorFields, logEvent } from "./log.ts";

/** The number of open streams of a region, and of those with the same key, such as a project. */
const MAX_STREAMS = 1000;
const MAX_STREAMS_OF_KEY = 50;
/** The time between two signs of life, after which the token is validated again, milliseconds: proxies wait for 60 s. */
const HEARTBEAT_MS = 15_000;
/** The time after which a stream ends, milliseconds. Its client opens another one. */
const LIFETIME_MS = 600_000;
/** The number of messages that a client may leave unread. */
const MAX_UNREAD = 8;

/** The least time between two looks at the data of all streams, milliseconds. */
const INTERVAL_MS = 100;
/** The time between two looks, in times of a look: all of them take a tenth of the time at most. */
const PAUSE = 9;
/** The number of keys that are looked at before others have their turn. */
const AT_ONCE = 8;

export interface StreamOptions {
  /** Streams with the same key have the same data. */
  readonly key: string;
  /** The token of the session of the page, if the stream belongs to one: it ends with the session. */
  readonly session: string | undefined;
  /** Returns whether the token of the request is still valid. */
  readonly isAuthenticated: () => Promise<boolean>;
  /** Returns the present data of a key, without a line break. It is the same function for all streams of a region. */
  readonly read: (key: string) => Promise<string>;
  /**
   * Registers a function to call when the data of some key may have changed.
   *
   * @returns removes it
   */
  readonly onChange: (listener: () => void) => () => void;
}

/** A response of server-sent events that stays open: the present data, and what it changes to. */
class EventStream {
  readonly options: StreamOptions;
  readonly body: ReadableStream<Uint8Array>;
  readonly #stopListening: () => void;
  readonly #onEnd: (stream: EventStream) => void;
  readonly #endsAt = Date.now() + LIFETIME_MS;
  readonly #timer: ReturnType<typeof setInterval>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #last: string | undefined;

  /**
   * @param look is called when the data may have changed
   * @param onEnd is called once, also if the client closes the connection
   */
  constructor(options: StreamOptions, look: () => void, onEnd: (stream: EventStream) => void) {
    this.options = options;
    this.#onEnd = onEnd;
    this.body = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.end(),
      },
      { highWaterMark: MAX_UNREAD },
    );
    this.#stopListening = options.onChange(look);
    this.#timer = setInterval(() => void this.#beat(look), HEARTBEAT_MS);
  }

  /** Sends data, unless the client has it already. */
  send(data: string): void {
    if (data === this.#last) return;
    this.#last = data;
    this.#write(`data: ${data}\n\n`);
  }

  /** Ends the response. The client reads what was sent before. */
  end(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    clearInterval(this.#timer);
    this.#stopListening();
    this.#onEnd(this);
    try {
      controller.close();
    } catch {
      // The client has closed it.
    }
  }

  async #beat(look: () => void): Promise<void> {
    if (Date.now() < this.#endsAt && (await this.options.isAuthenticated().catch(() => false))) {
      this.#write(":\n\n");
      // A change that nothing reports: another process has made it, or a time has come.
      look();
    } else {
      this.end();
    }
  }

  #write(text: string): void {
    const room = this.#controller?.desiredSize ?? 0;
    // A client that does not read must not fill the memory.
    if (room > 0) this.#controller?.enqueue(new TextEncoder().encode(text));
    else this.end();
  }
}

/** The open streams of a region. Their data is read once for all streams with the same key. */
export class EventStreams {
  readonly #open = new Set<EventStream>();
  #closed = false;
  /** Whether the data is being read, and whether it may have changed since. */
  #looking = false;
  #changed = false;

  /** The number of open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens a stream; undefined if there are too many. */
  open(options: StreamOptions): ReadableStream<Uint8Array> | undefined {
    const isFull = this.#open.size >= MAX_STREAMS || this.#of(options.key).length >= MAX_STREAMS_OF_KEY;
    if (this.#closed || isFull) return undefined;
    const look = () => {
      this.#changed = true;
      if (!this.#looking) void this.#look(options.read);
    };
    const stream = new EventStream(options, look, (ended) => this.#open.delete(ended));
    this.#open.add(stream);
    look();
    return stream.body;
  }

  /** Ends the streams of a session. */
  endSession(session: string): void {
    for (const stream of [...this.#open]) if (stream.options.session === session) stream.end();
  }

  /** Ends all streams, and opens no others. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#open]) stream.end();
  }

  /** Sends the present data, until it has not changed since. Changes during a look share the next one. */
  async #look(read: StreamOptions["read"]): Promise<void> {
    this.#looking = true;
    while (this.#changed && this.#open.size > 0) {
      this.#changed = false;
      const started = performance.now();
      await this.#send(read).catch((error: unknown) => {
        // The next sign of life looks again.
        logEvent("stream_failed", errorFields(error));
      });
      await sleep(Math.max(INTERVAL_MS, (performance.now() - started) * PAUSE));
    }
    this.#looking = false;
  }

  async #send(read: StreamOptions["read"]): Promise<void> {
    const keys = new Set([...this.#open].map(({ options }) => options.key));
    let looks = 0;
    for (const key of keys) {
      const data = await read(key);
      for (const stream of this.#of(key)) stream.send(data);
      // The reads of a file are synchronous.
      if (++looks % AT_ONCE === 0) await sleep(0);
    }
  }

  #of = (key: string): EventStream[] => [...this.#open].filter(({ options }) => options.key === key);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the open streams of a region. */
export const eventStreams = perConfig((_: Config) => new EventStreams());
