/** Fields as Cinder's API showed them, by name. */
export type ShownFields = Readonly<Record<string, unknown>>;

/** The common fields of a Cinder's volumes and snapshots, in the units of `src/db/schema/volumes.ts`. */
interface ResourceRecord {
  readonly id: string;
  readonly project_id: string;
  readonly display_name: string | null;
  readonly display_description: string | null;
  /** GiB. */
  readonly size: number;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, as all times. */
  readonly created_at: number;
  readonly updated_at: number | null;
  /** All fields that Cinder showed, except the id and the links. */
  readonly shown: ShownFields;
}

/** A volume of a Cinder. */
export interface VolumeRecord extends ResourceRecord {
  readonly user_id: string;
  readonly type: TypeOfVolume;
  readonly readonly: boolean | null;
  readonly bootable: boolean;
  readonly availability_zone: string | null;
  readonly host: string | null;
  readonly snapshot_id: string | null;
  readonly source_volid: string | null;
  readonly migration_status: string | null;
}

/** The type of a volume, as the volume shows it. */
export interface TypeOfVolume {
  /** Null for a volume without a type, which versions before Train allowed. */
  readonly name: string | null;
  /** Null before microversion 3.63. */
  readonly id: string | null;
  readonly encrypted: boolean;
}

/** A snapshot of a Cinder. */
export interface SnapshotRecord extends ResourceRecord {
  readonly volume_id: string;
  /** Null before microversion 3.41. */
  readonly user_id: string | null;
  readonly progress: string | null;
}

/** A volume type of a Cinder, with as much as is known of it. */
export interface TypeRecord {
  readonly name: string;
  readonly id: string | null;
  /** Null if only volumes of the type were seen. */
  readonly details: TypeDetails | null;
  /** Whether volumes of the type are encrypted. */
  readonly encrypted: boolean;
}

/** A volume type, as Cinder's API shows it. A field that is undefined is unknown, and is not changed here. */
interface TypeDetails {
  readonly description: string | null;
  readonly is_public: boolean | undefined;
  readonly extra_specs: Readonly<Record<string, string | null>> | undefined;
  /** Null if the type has none. */
  readonly encryption: EncryptionRecord | null | undefined;
  /** The projects that may use the type if it is not public. */
  readonly projects: readonly string[] | undefined;
}

/** How volumes of a type are encrypted. */
interface EncryptionRecord {
  readonly encryption_id: string;
  readonly provider: string;
  readonly control_location: "front-end" | "back-end";
  readonly cipher: string | null;
  /** Bits. */
  readonly key_size: number | null;
}

/** An item of an answer, or why it is left out. */
export type Item =
  | { readonly kind: "volume"; readonly record: VolumeRecord }
  | { readonly kind: "snapshot"; readonly record: SnapshotRecord }
  | { readonly kind: "type"; readonly record: TypeRecord }
  | { readonly kind: "left out"; readonly id: string; readonly reason: string };
