import * as z from "zod";
import { newMetadata } from "../http/fields.ts";
import { stringMap } from "../openapi/shapes.ts";

/** The body that adds or replaces metadata. */
export const metadataSchema = z.strictObject({ metadata: newMetadata });

/** The body that sets one key. */
export const metadataItemSchema = z.strictObject({
  meta: newMetadata
    .refine((meta) => Object.keys(meta).length > 0, "should be non-empty")
    .refine((meta) => Object.keys(meta).length < 2, "has too many properties")
    .meta({ minProperties: 1, maxProperties: 1 }),
});

export const metadataShown = z.strictObject({ metadata: stringMap });
export const metadataItemShown = z.strictObject({ meta: stringMap });
