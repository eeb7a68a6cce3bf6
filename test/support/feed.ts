import { Admin, type Client, type CloudEvent, type ServiceResponse } from "./client.ts";

/** Returns the page of events of a response. Each response is validated against the OpenAPI document. */
export function eventsOf({ status, body }: ServiceResponse) {
  if (status !== 200) throw new Error(`GET events: ${status} ${JSON.stringify(body)}`);
  const { events, events_links } = body;
  return { events, events_links };
}

/** Reads the events that a client sees, at most one page. */
export const readFeed = async (client: Client): Promise<CloudEvent[]> =>
  eventsOf(await client.get("events")).events;

/** Reads the events of all projects as an admin sees them, at most one page. */
export const readAll = async (url: string): Promise<CloudEvent[]> =>
  eventsOf(await new Admin(url).get("events?all_tenants=1")).events;
