import type { Context } from "hono";
import { AVAILABILITY_ZONE, HOST, lastUpdateOf } from "../db/schema/index.ts";
import { isAdmin } from "../http/caller.ts";
import type { AppEnv } from "../http/context.ts";
import { resourceLinks, timestamp } from "../http/links.ts";
import {
  GROUP_VOLUME,
  MANAGE_EXISTING_LIST,
  USE_QUOTA,
  VOLUME_CLUSTER_NAME,
  VOLUME_DETAIL_PROVIDER_ID,
  VOLUME_SHARED_TARGETS_AND_SERVICE_FIELDS,
  VOLUME_TYPE_ID_IN_VOLUME_DETAIL,
} from "../http/microversions.ts";
import { importedFields, isImported } from "./imported.ts";
import type { Volume } from "./rows.sql.ts";
import { shownStatus } from "./statuses.ts";

/** Makes the view in lists. */
export function summary(c: Context<AppEnv>) {
  const links = resourceLinks(c, "volumes");
  return (volume: Volume) => ({ id: volume.id, name: volume.display_name, links: links(volume.id) });
}

/** Returns the metadata as views show it: Cinder adds the flag of `os-update_readonly_flag`, and how it is attached. */
const shownMetadata = (
  { metadata, readonly }: Volume,
  attached_mode: string | undefined,
): Readonly<Record<string, string>> =>
  // A copy of 100 KB takes longer than the rest of the view.
  readonly === null && attached_mode === undefined
    ? metadata
    : {
        ...metadata,
        ...(readonly !== null && { readonly: readonly ? "True" : "False" }),
        ...(attached_mode !== undefined && { attached_mode }),
      };

/** Makes the detailed view of the oldest microversion, in the response of "Manage an existing volume". */
export function legacyDetail(c: Context<AppEnv>) {
  const admin = isAdmin(c.get("identity"));
  const links = resourceLinks(c, "volumes");
  return (volume: Volume) => {
    const imported = importedFields(volume, admin);
    return {
      id: volume.id,
      status: shownStatus(volume.status),
      size: volume.size,
      availability_zone: volume.availability_zone ?? (isImported(volume) ? null : AVAILABILITY_ZONE),
      created_at: timestamp(volume.created_at),
      updated_at: timestamp(lastUpdateOf(volume)),
      name: volume.display_name,
      description: volume.display_description,
      volume_type: volume.type_name ?? volume.volume_type,
      snapshot_id: volume.snapshot_id,
      source_volid: volume.source_volid,
      metadata: shownMetadata(volume, imported.attached_mode),
      links: links(volume.id),
      user_id: volume.user_id,
      bootable: String(volume.bootable),
      encrypted: volume.encryption !== null,
      replication_status: imported.replication_status,
      consistencygroup_id: imported.consistencygroup_id,
      multiattach: imported.multiattach || volume.type_multiattach === 1,
      attachments: imported.attachments,
      ...(admin && { migration_status: volume.migration_status }),
    };
  };
}

/** Makes the detailed view in the response of "Update a volume". */
export function detail(c: Context<AppEnv>) {
  const { microversion, identity } = c.var;
  const admin = isAdmin(identity);
  const legacy = legacyDetail(c);
  return (volume: Volume) => {
    const imported = importedFields(volume, admin);
    return {
      ...legacy(volume),
      ...(microversion >= GROUP_VOLUME && { group_id: imported.group_id }),
      ...(admin && microversion >= VOLUME_DETAIL_PROVIDER_ID && { provider_id: imported.provider_id }),
      ...(microversion >= VOLUME_SHARED_TARGETS_AND_SERVICE_FIELDS && {
        shared_targets: imported.shared_targets,
        service_uuid: imported.service_uuid,
      }),
      ...(admin && microversion >= VOLUME_CLUSTER_NAME && { cluster_name: imported.cluster_name }),
      ...(microversion >= VOLUME_TYPE_ID_IN_VOLUME_DETAIL && { volume_type_id: volume.type_id }),
      ...(microversion >= USE_QUOTA && { consumes_quota: true }),
    };
  };
}

/** Makes the view in the response of "Create a volume": Cinder has not chosen a service yet, nor updated the volume. */
export const created = (c: Context<AppEnv>) => (volume: Volume) => ({
  ...detail(c)(volume),
  updated_at: null,
  ...(c.get("microversion") >= VOLUME_SHARED_TARGETS_AND_SERVICE_FIELDS && {
    shared_targets: true,
    service_uuid: null,
  }),
});

/** Makes the detailed view with the attributes of Cinder's extensions. */
export function extendedDetail(c: Context<AppEnv>) {
  const inDetail = detail(c);
  const admin = isAdmin(c.get("identity"));
  // Cinder never shows it. Clients of old microversions, such as Tempest, reject members that they do not know.
  const showsReference = c.get("microversion") >= MANAGE_EXISTING_LIST;
  return (volume: Volume) => {
    const { volume_image_metadata, name_id } = importedFields(volume, admin);
    return {
      ...inDetail(volume),
      ...(volume_image_metadata !== undefined && { volume_image_metadata }),
      "os-vol-tenant-attr:tenant_id": volume.project_id,
      ...(admin && {
        "os-vol-mig-status-attr:migstat": volume.migration_status,
        "os-vol-mig-status-attr:name_id": name_id,
        "os-vol-host-attr:host": volume.host ?? (isImported(volume) ? null : HOST),
        ...(showsReference &&
          volume.managed_reference !== null && { "os-volume-manage:ref": volume.managed_reference }),
      }),
    };
  };
}

/** Makes the view of how a volume is encrypted. There is no key manager, so it has no key. */
export const encryptionMetadata = ({ encryption }: Volume) => ({
  encryption_key_id: null,
  ...(encryption !== null && {
    control_location: encryption.control_location,
    cipher: encryption.cipher,
    key_size: encryption.key_size,
    provider: encryption.provider,
  }),
});
