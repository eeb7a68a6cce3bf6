import { and, eq, type SQL, sql } from "drizzle-orm";
import { quotas, volumeTypes } from "../db/schema/index.ts";
import { hasRow } from "../db/statements/guards.ts";
import { usableBy } from "../db/statements/volume_types.ts";

/** A volume type; the columns are described in `src/db/schema/volume_types.ts`. */
export type VolumeType = typeof volumeTypes.$inferSelect;

/** Extra specs by name. */
export type ExtraSpecs = Readonly<VolumeType["extra_specs"]>;

/** Makes the condition that a type has an id, and is usable by a project if one is given. */
export const typeWithId = (id: SQL | string, project_id: SQL | string | undefined): SQL | undefined =>
  and(eq(volumeTypes.id, id), usableBy(project_id));

/** The condition that volumes of a type exist. Their number is kept in `quotas`, by project. */
export const inUse = hasRow(
  quotas,
  eq(quotas.volume_type, volumeTypes.key),
  sql`${quotas.volumes_in_use} > 0`,
);

/** The columns by which a refused change of a type is explained. */
export const refusedType = {
  key: volumeTypes.key,
  is_public: volumeTypes.is_public,
  encryption: volumeTypes.encryption,
  extra_specs: volumeTypes.extra_specs,
  in_use: sql`${inUse}`.mapWith(Boolean).as("in_use"),
};
