import * as z from "zod/mini";
import { keyedBy, newMetadata, shortText } from "../http/fields.ts";
import { stringMap } from "../openapi/shapes.ts";

/** Cinder's pattern of the keys that are added to a snapshot: unlike those of a new one, without a slash. */
const SNAPSHOT_KEY = "^[a-zA-Z0-9-_:. ]{1,255}$";
const snapshotMetadata = keyedBy(SNAPSHOT_KEY, shortText);

const one = <S extends typeof newMetadata>(metadata: S) =>
  metadata.check(
    z.refine((meta) => Object.keys(meta).length > 0, "should be non-empty"),
    z.refine((meta) => Object.keys(meta).length < 2, "has too many properties"),
    z.meta({ minProperties: 1, maxProperties: 1 }),
  );

/** The bodies that add or replace metadata. That for a snapshot may have other members, which are ignored. */
export const metadataSchemas = {
  volume: z.strictObject({ metadata: newMetadata }),
  snapshot: z.object({ metadata: snapshotMetadata }),
} as const;

/** The bodies that set one key. */
export const metadataItemSchemas = {
  volume: z.strictObject({ meta: one(newMetadata) }),
  snapshot: z.object({ meta: one(snapshotMetadata) }),
} as const;

export const metadataShown = z.strictObject({ metadata: stringMap });
export const metadataItemShown = z.strictObject({ meta: stringMap });
