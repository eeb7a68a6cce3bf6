import type { EventOrigin } from "../db/schema/index.ts";
import type { RequestContext } from "../http/context.ts";

/**
 * Returns the part of an event that names who caused it, as JSON; undefined if no events are recorded
 * (`EVENTS=off`), in which case a batch has no statement that writes them.
 *
 * @example
 * await db.write(deleteStatements({ id, project_id, request_id: requestId, origin: eventOrigin(context) }));
 */
export function eventOrigin({
  config,
  identity: { user_id, project_id },
  requestId: request_id,
  globalRequestId: global_request_id,
}: Pick<RequestContext, "config" | "identity" | "requestId" | "globalRequestId">): string | undefined {
  if (!config.events.recorded) return undefined;
  return JSON.stringify({ user_id, project_id, request_id, global_request_id } satisfies EventOrigin);
}
