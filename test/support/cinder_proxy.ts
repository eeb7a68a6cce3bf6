import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { startHttpServer } from "./http_server.ts";

/** A proxy in front of a Cinder. */
export interface CinderProxy {
  readonly url: string;
  /** Whether Cinder cannot be reached. */
  away: boolean;
  /**
   * Called at each point at which the client can be killed, such as `request of POST accept`: before Cinder gets the
   * request, which it does also if the client is killed, and before the response arrives. What it waits for delays both;
   * if it throws, the connection breaks there.
   */
  onPoint: (point: string) => void | Promise<void>;
  /** Changes the body of a response. By default it is Cinder's. */
  rewrite: (body: string) => string;
  /** The keys of transfers in the responses of Cinder. */
  readonly keys: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** The headers of the connection, and of the body as it was sent. */
const OF_CONNECTION = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

/** The headers of a request that Cinder gets. */
const KEPT = ["x-auth-token", "openstack-api-version", "content-type"];

/** The last segment of a path that is no id. */
const RESOURCE = /([a-z_-]+)(?:\/[0-9a-f-]{36})?$/;

/** Starts a proxy in front of a Cinder. */
export async function startCinderProxy(target: string): Promise<CinderProxy> {
  const keys = new Set<string>();
  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = incoming;
    const body = await text(incoming);
    if (proxy.away) {
      outgoing.destroy();
      return;
    }
    const request = `${method} ${RESOURCE.exec(url.split("?")[0] ?? "")?.[1]}`;
    await proxy.onPoint(`request of ${request}`);
    const response = await fetch(target + url, {
      method,
      headers: Object.fromEntries(
        KEPT.flatMap((name) => {
          const value = headers[name];
          return typeof value === "string" ? [[name, value]] : [];
        }),
      ),
      body: body === "" ? null : body,
    });
    const answer = proxy.rewrite(await response.text());
    for (const [, key = ""] of answer.matchAll(/"auth_key": ?"([^"]+)"/g)) keys.add(key);
    await proxy.onPoint(`response to ${request}`);
    const kept = [...response.headers].filter(([name]) => !OF_CONNECTION.has(name));
    outgoing.writeHead(response.status, Object.fromEntries(kept)).end(answer);
  };
  const server = await startHttpServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const proxy: CinderProxy = {
    url: server.url,
    away: false,
    onPoint: () => {},
    rewrite: (body) => body,
    keys,
    stop: server.stop,
  };
  return proxy;
}
