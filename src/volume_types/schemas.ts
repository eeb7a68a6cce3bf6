import * as z from "zod";
import { absent, id } from "../openapi/shapes.ts";

const volumeType = z.strictObject({
  id,
  name: z.string(),
  is_public: z.literal(true),
  description: z.string(),
  extra_specs: z.strictObject({}),
  qos_specs_id: absent.meta({ description: "For admins." }).optional(),
  "os-volume-type-access:is_public": z.literal(true),
});

export const volumeTypeShown = z.strictObject({ volume_type: volumeType });
export const volumeTypesListed = z.strictObject({ volume_types: z.array(volumeType) });
