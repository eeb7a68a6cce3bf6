import * as z from "zod/mini";
import { newMetadata } from "../http/fields.ts";
import { stringMap } from "../openapi/shapes.ts";

/** The body that adds or replaces metadata. */
export const metadataSchema = z.strictObject({ metadata: newMetadata });

/** The body that sets one key. */
export const metadataItemSchema = z.strictObject({
  meta: newMetadata.check(
    z.refine((meta) => Object.keys(meta).length > 0, "should be non-empty"),
    z.refine((meta) => Object.keys(meta).length < 2, "has too many properties"),
    z.meta({ minProperties: 1, maxProperties: 1 }),
  ),
});

export const metadataShown = z.strictObject({ metadata: stringMap });
export const metadataItemShown = z.strictObject({ meta: stringMap });
