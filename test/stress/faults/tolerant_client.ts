import { Client } from "../../support/client.ts";

/**
 * Returns a client that returns a 5xx like any other response, and the status 0 if there is no response.
 *
 * @param signal hangs up when it is aborted
 */
export const tolerantClient = (url: string, project: string, signal?: AbortSignal): Client =>
  new Client(url, { project, tolerant: true, ...(signal !== undefined && { signal }) });
