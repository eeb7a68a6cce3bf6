/** A volume type. There are two, so that transfers of encrypted volumes can be refused. */
export interface VolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly encrypted: boolean;
}

const DEFAULT: VolumeType = {
  id: "6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10",
  name: "__DEFAULT__",
  description: "Default Volume Type",
  encrypted: false,
};

/** Every volume type; the first is the default. */
export const VOLUME_TYPES: readonly [VolumeType, ...VolumeType[]] = [
  DEFAULT,
  {
    id: "b3f3a6de-52c4-4d1b-8c39-7f0b9d2e8a41",
    name: "LUKS",
    description: "Volumes that are encrypted",
    encrypted: true,
  },
];

/** The names of the types whose volumes are encrypted. */
export const ENCRYPTED_TYPES: readonly string[] = VOLUME_TYPES.filter((t) => t.encrypted).map((t) => t.name);

/** Returns the volume type with a name or an id; undefined if there is none. */
export const volumeType = (nameOrId: string): VolumeType | undefined =>
  VOLUME_TYPES.find((type) => type.name === nameOrId || type.id === nameOrId);
