import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { availabilityZones } from "./discovery/availability_zones.ts";
import { extensions } from "./discovery/extensions.ts";
import { groupSnapshots, groups } from "./discovery/groups.ts";
import { monitoring } from "./discovery/metrics.ts";
import { readinessInCinder } from "./discovery/readiness.ts";
import { resourceFilters } from "./discovery/resource_filters.ts";
import { discovery, versions } from "./discovery/versions.ts";
import { events } from "./events/routes.ts";
import { passThrough } from "./facade/pass_through.ts";
import { facade } from "./facade/routes.ts";
import { handoff } from "./handoff/routes.ts";
import { sessionToken } from "./handoff/session.ts";
import type { AppEnv } from "./http/context.ts";
import { answerError, answerUnknown } from "./http/error_responses.ts";
import { refuseForeignHosts } from "./http/known_host.ts";
import { boundRequests } from "./http/load.ts";
import { logRequests } from "./http/log.ts";
import { measureRequests, serverTiming } from "./http/measure.ts";
import { openDatabase } from "./http/open_database.ts";
import { FACADE, pathInRegion, requireRegion, selectRegion } from "./http/region.ts";
import { requestId } from "./http/request_id.ts";
import { createRouter } from "./http/router.ts";
import { authenticate } from "./identity/authenticate.ts";
import { documentation } from "./openapi/routes.ts";
import { quotaClasses } from "./quotas/class_routes.ts";
import { limits, quotaSets } from "./quotas/routes.ts";
import { manageableSnapshots, snapshotManage } from "./snapshots/manage_routes.ts";
import { snapshots } from "./snapshots/routes.ts";
import { olderTransfersInCinder, transfersInCinder } from "./transfers/facade/routes.ts";
import { olderTransfers, transfers } from "./transfers/routes.ts";
import { volumeTypeDetails } from "./volume_types/details_routes.ts";
import { volumeTypes } from "./volume_types/routes.ts";
import { manageableVolumes, volumeManage } from "./volumes/manage_routes.ts";
import { snapshotMetadata, volumeMetadata } from "./volumes/metadata_routes.ts";
import { volumes } from "./volumes/routes.ts";

/** Allows the configured origins (CORS); by default none. */
const allowOrigins = createMiddleware<AppEnv>((c, next) => {
  const { corsOrigins } = c.get("deployment").shared;
  if (corsOrigins.length === 0) return next();
  return cors({
    origin: corsOrigins.includes("*") ? "*" : [...corsOrigins],
    allowHeaders: [
      "Authorization",
      "Content-Type",
      "Idempotency-Key",
      "OpenStack-API-Version",
      "X-D1-Bookmark",
      "X-Auth-Token",
      "X-OpenStack-Request-ID",
    ],
    exposeHeaders: ["OpenStack-API-Version", "Retry-After", "X-D1-Bookmark", "X-OpenStack-Request-ID"],
    maxAge: 86_400,
  })(c, next);
});

const resources = createRouter()
  .route("/volume-transfers", transfers)
  .route("/os-volume-transfer", olderTransfers)
  .route("/volumes", volumes)
  .route("/os-volume-manage", volumeManage)
  .route("/manageable_volumes", manageableVolumes)
  .route("/os-snapshot-manage", snapshotManage)
  .route("/manageable_snapshots", manageableSnapshots)
  .route("/volumes", volumeMetadata)
  .route("/snapshots", snapshots)
  .route("/snapshots", snapshotMetadata)
  .route("/os-availability-zone", availabilityZones)
  .route("/events", events)
  .route("/extensions", extensions)
  .route("/resource_filters", resourceFilters)
  .route("/groups", groups)
  .route("/group_snapshots", groupSnapshots)
  .route("/os-quota-sets", quotaSets)
  .route("/os-quota-class-sets", quotaClasses)
  .route("/limits", limits)
  .route("/types", volumeTypes)
  .route("/types", volumeTypeDetails);

/** The API of a region. */
const api = createRouter()
  .route("/", versions)
  .use("/v3/*", authenticate)
  .route("/v3", resources)
  .route("/v3/:project_id", resources);

/** The service: each request passes the middleware from top to bottom. Routes match the path without the region. */
export const app = createRouter(pathInRegion)
  .use(requestId, logRequests, measureRequests, selectRegion, refuseForeignHosts)
  .use("/v3/*", sessionToken)
  .use(`${FACADE}/v3/*`, sessionToken)
  .use(passThrough, openDatabase)
  // Before the limit of admitted requests, so that the metrics can be read during an overload.
  .route("/", monitoring)
  .use(serverTiming, allowOrigins, boundRequests)
  .route("/", discovery)
  .route("/", documentation)
  .route("/", handoff)
  .use(requireRegion)
  .route("/", api)
  .onError(answerError);

// Not part of the document and of the typed client: what differs for callers is Cinder's.
app.route(FACADE, readinessInCinder).use(`${FACADE}/v3/*`, authenticate);
for (const root of [`${FACADE}/v3`, `${FACADE}/v3/:project_id`])
  app
    .route(`${root}/volume-transfers`, transfersInCinder)
    .route(`${root}/os-volume-transfer`, olderTransfersInCinder);
app.route(`${FACADE}/v3`, facade).route(`${FACADE}/v3/:project_id`, facade);

app.notFound(answerUnknown(app.routes));
