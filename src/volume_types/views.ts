import type { Context } from "hono";
import type { Encryption } from "../db/schema/index.ts";
import { isAdmin } from "../http/caller.ts";
import type { AppEnv } from "../http/context.ts";
import { timestamp } from "../http/links.ts";
import { satisfies } from "../identity/policy.ts";
import type { ExtraSpecs, VolumeType } from "./rows.sql.ts";

/** The extra specs that everybody sees; the others are for admins. */
const VISIBLE_EXTRA_SPECS = ["RESKEY:availability_zones", "multiattach", "replication_enabled"];

/** Returns whether everybody sees an extra spec of this name. */
export const isVisibleExtraSpec = (name: string): boolean => VISIBLE_EXTRA_SPECS.includes(name);

/** Returns the extra specs that the caller may see. */
export const visibleExtraSpecs = (specs: ExtraSpecs, admin: boolean): ExtraSpecs =>
  admin ? specs : Object.fromEntries(Object.entries(specs).filter(([name]) => isVisibleExtraSpec(name)));

/** Makes the view of a type that was updated, for admins. */
export const updated = ({ id, name, is_public, description, extra_specs }: VolumeType) => ({
  id,
  name,
  is_public,
  description,
  extra_specs,
});

/** Makes the view of a type that was created, for admins. */
export const created = (type: VolumeType) => ({
  ...updated(type),
  "os-volume-type-access:is_public": type.is_public,
});

/** Makes the view of the default type. */
export function shownDefault(c: Context<AppEnv>) {
  const admin = isAdmin(c.get("identity"));
  return (type: VolumeType) => ({
    ...updated(type),
    extra_specs: visibleExtraSpecs(type.extra_specs, admin),
    ...(admin && { qos_specs_id: null }),
  });
}

/** Makes the view of a type. */
export function shown(c: Context<AppEnv>) {
  const shownWithoutAccess = shownDefault(c);
  const withAccess = satisfies(c.get("identity"), "volume_extension:volume_type_access");
  return (type: VolumeType) => ({
    ...shownWithoutAccess(type),
    ...(withAccess && { "os-volume-type-access:is_public": type.is_public }),
  });
}

/** Makes the view of a type's encryption; Cinder's has the columns of its table. */
export const encryptionShown = (volume_type_id: string, encryption: Encryption) => ({
  volume_type_id,
  ...encryption,
  created_at: timestamp(encryption.created_at),
  updated_at: timestamp(encryption.updated_at),
  deleted: false,
  deleted_at: null,
});
