import type { Volume } from "./rows.sql.ts";

// A Cinder shows fields for which this service has no columns: the volumes that it makes never have another value.
// Those of an imported volume are kept as they were shown, and shown again.

/** The service that Cinder shows of a volume, for those created here. */
const SERVICE_UUID = "0a7f2a52-3c0e-4be5-8f6d-5d1a3f0c9e27";

/** A volume's attachment to a server, as Cinder shows it. */
type Attachment = Readonly<Record<string, unknown>>;

/** The fields of a volume that are as they were in the Cinder from which it was imported. */
interface ImportedFields {
  readonly replication_status: string | null;
  readonly consistencygroup_id: string | null;
  readonly multiattach: boolean;
  readonly attachments: readonly Attachment[];
  readonly group_id: string | null;
  readonly provider_id: string | null;
  readonly shared_targets: boolean | null;
  readonly service_uuid: string | null;
  readonly cluster_name: string | null;
  readonly name_id: string | null;
  /** Undefined for a volume that was not made from an image. */
  readonly volume_image_metadata: Readonly<Record<string, string>> | undefined;
  /** How the volume is attached, which Cinder shows in the metadata; undefined if it is not. */
  readonly attached_mode: string | undefined;
}

/** The fields of a volume that was made here. */
const MADE_HERE: ImportedFields = {
  replication_status: null,
  consistencygroup_id: null,
  multiattach: false,
  attachments: [],
  group_id: null,
  provider_id: null,
  shared_targets: false,
  service_uuid: SERVICE_UUID,
  cluster_name: null,
  name_id: null,
  volume_image_metadata: undefined,
  attached_mode: undefined,
};

/**
 * Returns the fields of a volume that have no columns.
 *
 * @param admin whether the caller may see the hosts of attachments
 */
export function importedFields({ imported_fields: shown }: Volume, admin: boolean): ImportedFields {
  if (shown === null) return MADE_HERE;
  const textOf = (name: string): string | null => textIn(shown, name) ?? null;
  const attachments = Array.isArray(shown.attachments) ? shown.attachments.filter(isObject) : [];
  const image = shown.volume_image_metadata;
  return {
    replication_status: textOf("replication_status"),
    consistencygroup_id: textOf("consistencygroup_id"),
    multiattach: shown.multiattach === true,
    attachments: admin ? attachments : attachments.map((each) => ({ ...each, host_name: null })),
    group_id: textOf("group_id"),
    provider_id: textOf("provider_id"),
    // Versions before 3.48 do not show these two.
    shared_targets: "shared_targets" in shown ? booleanIn(shown, "shared_targets") : false,
    service_uuid: "service_uuid" in shown ? textOf("service_uuid") : SERVICE_UUID,
    cluster_name: textOf("cluster_name"),
    name_id: textOf("os-vol-mig-status-attr:name_id"),
    volume_image_metadata: isObject(image) ? stringsOf(image) : undefined,
    // An admin who resets the attachments of a volume removes them, and how it was attached.
    attached_mode:
      "attachments" in shown && isObject(shown.metadata)
        ? textIn(shown.metadata, "attached_mode")
        : undefined,
  };
}

/** Returns whether a volume came from a Cinder, whose volumes can lack fields that volumes created here have. */
export const isImported = ({ imported_fields }: Volume): boolean => imported_fields !== null;

function booleanIn(fields: Readonly<Record<string, unknown>>, name: string): boolean | null {
  const value = fields[name];
  return typeof value === "boolean" ? value : null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}

const stringsOf = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
