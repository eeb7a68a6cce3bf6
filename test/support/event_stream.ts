/** A client of server-sent events. */
export class EventStreamClient {
  readonly response: Response;
  readonly #controller: AbortController;
  readonly #reader: ReadableStreamDefaultReader<string> | undefined;
  #text = "";

  private constructor(response: Response, controller: AbortController) {
    this.response = response;
    this.#controller = controller;
    this.#reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventStreamClient> {
    const controller = new AbortController();
    const response = await fetch(url, {
      headers: { Accept: "text/event-stream", ...headers },
      signal: controller.signal,
    });
    return new EventStreamClient(response, controller);
  }

  /** Whether the service has opened a stream. */
  get isOpen(): boolean {
    return this.response.headers.get("Content-Type") === "text/event-stream";
  }

  /** Waits for the data of the next event; undefined if the stream has ended. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const [, data, rest] = /^(?::\n\n)*data: (.*)\n\n([\s\S]*)$/.exec(this.#text) ?? [];
      if (data !== undefined) {
        this.#text = rest ?? "";
        return data;
      }
      const read = await this.#reader?.read();
      if (read === undefined || read.done) return undefined;
      this.#text += read.value;
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#controller.abort();
  }
}
