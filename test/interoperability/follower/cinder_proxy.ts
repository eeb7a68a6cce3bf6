import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { startHttpServer } from "../../support/http_server.ts";

/** A proxy between a follower and a Cinder. */
export interface CinderProxy {
  readonly url: string;
  /** Whether Cinder cannot be reached. */
  away: boolean;
  /**
   * Called at each point at which the follower can be killed, such as `request of POST accept`: before Cinder gets the
   * request, which it does also if the follower is killed, and before the response arrives.
   */
  onPoint: (point: string) => void;
  stop(): Promise<void>;
}

/** The last segment of a path that is no id. */
const RESOURCE = /([a-z_-]+)(?:\/[0-9a-f-]{36})?$/;

/** Starts a proxy in front of a Cinder. */
export async function startCinderProxy(target: string): Promise<CinderProxy> {
  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = incoming;
    const body = await text(incoming);
    if (proxy.away) {
      outgoing.destroy();
      return;
    }
    const request = `${method} ${RESOURCE.exec(url.split("?")[0] ?? "")?.[1]}`;
    proxy.onPoint(`request of ${request}`);
    const response = await fetch(target + url, {
      method,
      headers: {
        "X-Auth-Token": String(headers["x-auth-token"]),
        "OpenStack-API-Version": String(headers["openstack-api-version"]),
        "Content-Type": "application/json",
      },
      body: body === "" ? null : body,
    });
    const answer = await response.text();
    proxy.onPoint(`response to ${request}`);
    outgoing.writeHead(response.status, { "Content-Type": "application/json" }).end(answer);
  };
  const server = await startHttpServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const proxy: CinderProxy = { url: server.url, away: false, onPoint: () => {}, stop: server.stop };
  return proxy;
}
