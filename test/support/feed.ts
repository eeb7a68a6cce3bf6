import type { Client, CloudEvent, ServiceResponse } from "./client.ts";

/** Returns the page of events of a response. Each response is validated against the OpenAPI document. */
export function eventsOf({ status, body }: ServiceResponse) {
  if (status !== 200) throw new Error(`GET events: ${status} ${JSON.stringify(body)}`);
  const { events, events_links } = body;
  return { events, events_links };
}

/** Reads the events that a client sees, at most one page. */
export const readFeed = async (client: Client): Promise<CloudEvent[]> =>
  eventsOf(await client.get("events")).events;
