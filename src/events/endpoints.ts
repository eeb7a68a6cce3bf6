import { type Config, perConfig } from "../config/config.ts";
import { hex } from "../http/hex.ts";
import { signature } from "./sign.ts";
import type { cloudEvent } from "./views.ts";

type CloudEvent = ReturnType<typeof cloudEvent>;

/** The outcome of an attempt to deliver an event. An endpoint that is gone gets no more events. */
export type Outcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "failed" | "gone"; readonly error: string };

/** A receiver of events. */
export interface Endpoint {
  readonly id: string;
  /** The origin of its URL, for operators: the rest can contain a token. */
  readonly url: string;
  /** Sends an event once. It returns within the timeout, and does not throw. */
  send(event: CloudEvent): Promise<Outcome>;
}

/** Returns the configured endpoints: one for each URL, and the queue. */
export const endpointsOf = perConfig(
  ({ events: { webhooks, queue } }: Config): Promise<readonly Endpoint[]> =>
    Promise.all([
      ...webhooks.urls.map((url) => webhookEndpoint(url, webhooks)),
      ...(queue === undefined ? [] : [queueEndpoint(queue)]),
    ]),
);

/** Returns the id of the endpoint of a URL: the database must not contain the URL, which can contain a token. */
async function endpointId(url: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(url));
  return hex(new Uint8Array(digest, 0, 8));
}

async function webhookEndpoint(
  url: string,
  { secrets, timeoutMs }: Config["events"]["webhooks"],
): Promise<Endpoint> {
  return {
    id: await endpointId(url),
    url: new URL(url).origin,
    async send(event) {
      const body = JSON.stringify(event);
      const timestamp = Math.floor(Date.now() / 1000);
      try {
        const response = await fetch(url, {
          method: "POST",
          // A redirect could lead to a host that is not configured.
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": "volume-transfers",
            "webhook-id": event.id,
            "webhook-timestamp": String(timestamp),
            "webhook-signature": await signature(secrets, event.id, timestamp, body),
          },
          body,
        });
        await response.body?.cancel();
        if (response.ok) return { kind: "delivered" };
        return { kind: response.status === 410 ? "gone" : "failed", error: `status ${response.status}` };
      } catch (error) {
        return failed(error, timeoutMs);
      }
    },
  };
}

const queueEndpoint = (queue: Queue): Endpoint => ({
  id: "queue",
  url: "EVENTS_QUEUE",
  async send(event) {
    try {
      await queue.send(event, { contentType: "json" });
      return { kind: "delivered" };
    } catch (error) {
      return failed(error, 0);
    }
  },
});

function failed(error: unknown, timeoutMs: number): Outcome {
  const isTimeout = error instanceof Error && error.name === "TimeoutError";
  // The message of a failed fetch can contain the URL.
  return { kind: "failed", error: isTimeout ? `no response within ${timeoutMs} ms` : "no response" };
}
