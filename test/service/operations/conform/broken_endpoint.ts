import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type HttpServer, startHttpServer } from "../../../support/http_server.ts";

/** A response, and the request that it answers. */
export interface Answer {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly sent: string;
  status: number;
  text: string;
  headers: Record<string, string>;
}

/** What is wrong with an endpoint. */
export interface Defect {
  /** Changes a response. */
  readonly change?: (answer: Answer) => void;
  /** Answers in the place of the service; undefined to ask the service. */
  readonly replace?: (request: Pick<Answer, "method" | "path" | "sent">) => number | undefined;
}

/** The headers of the connection, and of the body as it was sent. */
const OF_CONNECTION = ["connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"];
const FORWARDED = ["x-auth-token", "openstack-api-version", "content-type"];

/** Starts an endpoint that is a service with a defect. */
export function startBrokenEndpoint(target: string, defect: Defect): Promise<HttpServer> {
  return startHttpServer((incoming, outgoing) => {
    forward(target, defect, incoming, outgoing).catch(() => outgoing.destroy());
  });
}

async function forward(
  target: string,
  { change, replace }: Defect,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = "GET", url: path = "/" } = incoming;
  const sent = await text(incoming);
  const replaced = replace?.({ method, path, sent });
  if (replaced !== undefined) {
    outgoing.writeHead(replaced).end();
    return;
  }
  const headers = new Headers();
  for (const name of FORWARDED) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  // A body of bytes gets no Content-Type.
  const body = sent === "" ? null : new TextEncoder().encode(sent);
  const response = await fetch(target + path, { method, headers, body });
  const answer: Answer = {
    ...{ method, path, sent },
    status: response.status,
    text: await response.text(),
    headers: Object.fromEntries([...response.headers].filter(([name]) => !OF_CONNECTION.includes(name))),
  };
  change?.(answer);
  outgoing.writeHead(answer.status, answer.headers).end(answer.text);
}
