import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, type RequestListener, request } from "node:http";
import { text } from "node:stream/consumers";
import { type HttpServer, startHttpServer } from "../../support/http_server.ts";

/** A server in the place of Cinder, which answers as a test says. */
export class Upstream {
  readonly url: string;
  /** The requests that it has got. */
  readonly requests: IncomingMessage[] = [];
  readonly #server: HttpServer;
  #answer: RequestListener = (_request, response) => response.end();

  private constructor(server: HttpServer) {
    this.url = server.url;
    this.#server = server;
  }

  static async start(): Promise<Upstream> {
    let upstream: Upstream | undefined;
    const server = await startHttpServer((request, response) => {
      upstream?.requests.push(request);
      upstream?.answer(request, response);
    });
    upstream = new Upstream(server);
    return upstream;
  }

  /** Answers the requests that follow. */
  set behaviour(answer: RequestListener) {
    this.requests.length = 0;
    this.#answer = answer;
  }

  answer: RequestListener = (request, response) => this.#answer(request, response);

  get last(): IncomingMessage {
    const last = this.requests.at(-1);
    if (last === undefined) throw new Error("there was no request");
    return last;
  }

  stop = () => this.#server.stop();
}

/** A request whose path is sent as it is. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request, and returns when the response begins. The body of a response is not decoded. */
export async function open(url: string, path: string, sent: Sent = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const { method = "GET", headers = {}, body } = sent;
  const outgoing = request({ hostname, port, path, method, headers, agent: false });
  outgoing.end(body);
  const [response] = await once(outgoing, "response");
  if (response === undefined) throw new Error("no response");
  return response;
}

/** A whole response. */
interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request, and reads the response. */
export async function send(url: string, path: string, sent: Sent = {}): Promise<Answer> {
  const response = await open(url, path, sent);
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

/** Returns the length and the hash of a body. */
export async function digest(body: AsyncIterable<Uint8Array>): Promise<{ bytes: number; hash: string }> {
  const hash: Hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { bytes, hash: hash.digest("hex") };
}
