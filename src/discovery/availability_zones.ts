import * as z from "zod/mini";
import { AVAILABILITY_ZONE } from "../db/schema/index.ts";
import { resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";

const zonesListed = z.strictObject({
  availabilityZoneInfo: z.array(
    z.strictObject({ zoneName: z.string(), zoneState: z.strictObject({ available: z.boolean() }) }),
  ),
});

/** The availability zones: the one in which the service makes volumes. */
export const availabilityZones = resource().get(
  "/",
  describeRoute({
    id: "listAvailabilityZones",
    rule: "authenticated",
    tag: "volumes",
    summary: "List availability zone information",
    response: { status: 200, description: "The availability zones.", body: zonesListed },
  }),
  (c) => c.json({ availabilityZoneInfo: [{ zoneName: AVAILABILITY_ZONE, zoneState: { available: true } }] }),
);
