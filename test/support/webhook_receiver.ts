import type { IncomingMessage, ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import type { CloudEvent } from "./client.ts";
import { startHttpServer } from "./http_server.ts";

/** A webhook that has arrived. */
interface Received {
  readonly event: CloudEvent;
  readonly headers: Readonly<Record<string, string>>;
  /** The status of the response. */
  readonly status: number;
}

/** The answer of a receiver: a status, nothing, or the end of the connection. */
type Answer = (event: CloudEvent) => Reply | Promise<Reply>;
type Reply = number | "hang" | "close";

/** A receiver of webhooks. It verifies each with the library of Standard Webhooks. */
export interface Receiver {
  readonly url: string;
  /** The webhooks that have arrived, in order. */
  readonly received: readonly Received[];
  /** The problems of requests. */
  readonly invalid: readonly string[];
  /** The answer from now on; 204 by default. */
  answer: Answer;
  stop(): Promise<void>;
}

/** Starts a receiver. */
export async function startReceiver(secret: string, port = 0): Promise<Receiver> {
  const webhook = new Webhook(secret);
  const received: Received[] = [];
  const invalid: string[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    let event: CloudEvent;
    try {
      event = parseEvent(webhook.verify(body, headers));
      if (headers["webhook-id"] !== event.id) throw new Error(`webhook-id is not ${event.id}`);
    } catch (error) {
      invalid.push(String(error));
      response.writeHead(400).end();
      return;
    }
    const status = await receiver.answer(event);
    if (status === "hang") return;
    if (status === "close") {
      response.destroy();
      return;
    }
    received.push({ event, headers, status });
    response.writeHead(status, status >= 300 && status < 400 ? { Location: "/elsewhere" } : {}).end();
  };
  const server = await startHttpServer((request, response) => void receive(request, response), port);
  const receiver: Receiver = {
    url: server.url,
    received,
    invalid,
    answer: () => 204,
    stop: server.stop,
  };
  return receiver;
}

function parseEvent(json: unknown): CloudEvent {
  if (typeof json === "object" && json !== null && "id" in json && "subject" in json) {
    // The schema of events is checked where the feed is read.
    return json as CloudEvent;
  }
  throw new Error("not a CloudEvent");
}
