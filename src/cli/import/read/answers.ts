import * as z from "zod";
import { MAX_LENGTH } from "../../../http/fields.ts";
import { SNAPSHOT_STATUSES } from "../../../snapshots/statuses.ts";
import { VOLUME_STATUSES } from "../../../volumes/statuses.ts";
import { CliError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import type { Item, ShownFields, SnapshotRecord, TypeRecord, VolumeRecord } from "./records.ts";

/** The imported lists of Cinder's answers, and the kind of their items. */
export const COLLECTIONS = { volumes: "volume", snapshots: "snapshot", volume_types: "type" } as const;
/** The kinds of items of an answer. */
export type ItemKind = (typeof COLLECTIONS)[keyof typeof COLLECTIONS];

/** Returns whether a name is one of a list that is imported. */
export const isCollection = (name: unknown): name is keyof typeof COLLECTIONS =>
  typeof name === "string" && Object.hasOwn(COLLECTIONS, name);

/** A time as OpenStack writes it: UTC, without a zone, with microseconds. */
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/, "is not a time such as 2026-11-24T05:11:58.000000")
  .transform((text) => Date.parse(`${text.slice(0, 23)}Z`))
  .refine((ms) => !Number.isNaN(ms), "is not a time");
/** A text that Cinder's database can hold. */
const shortText = z
  .string()
  .refine((value) => [...value].length <= MAX_LENGTH, `has more than ${MAX_LENGTH} characters`);
const text = shortText.nullish().transform((value) => value ?? null);
const owner = shortText.min(1);
const metadata = z.record(shortText, shortText);
const id = z.guid().toLowerCase();

const resource = {
  id,
  name: text,
  description: text,
  size: z.int(),
  status: z.string(),
  metadata,
  created_at: time,
  updated_at: time.nullish().transform((value) => value ?? null),
  consumes_quota: z.boolean().nullish(),
};

const volumeShown = z.object({
  ...resource,
  user_id: owner,
  "os-vol-tenant-attr:tenant_id": owner,
  volume_type: text,
  volume_type_id: text,
  encrypted: z.boolean(),
  bootable: z.union([z.boolean(), z.stringbool()]).nullish(),
  availability_zone: text,
  "os-vol-host-attr:host": text,
  snapshot_id: text,
  source_volid: text,
  migration_status: text,
  "os-vol-mig-status-attr:migstat": text,
});

const snapshotShown = z.object({
  ...resource,
  volume_id: id,
  user_id: text,
  "os-extended-snapshot-attributes:project_id": owner,
  "os-extended-snapshot-attributes:progress": text,
});

const typeShown = z.object({
  id,
  name: owner,
  description: text,
  is_public: z.boolean().optional(),
  extra_specs: z.record(shortText, z.string().nullable()).optional(),
});

/** The advice for an answer that cannot be imported, by the kind of its items. */
const REMEDIES: Readonly<Record<ItemKind, string>> = {
  volume: "Save what an admin gets from GET /v3/{project_id}/volumes/detail?all_tenants=1.",
  snapshot: "Save what an admin gets from GET /v3/{project_id}/snapshots/detail?all_tenants=1.",
  type: "Save what an admin gets from GET /v3/{project_id}/types?is_public=None.",
};

/** The advice for answers that contradict each other. */
export const SAVE_AT_ONE_TIME = "Save the answers of one Cinder, all at one time.";

/**
 * Reads an item of an answer of Cinder.
 *
 * @param source the file or URL of the answer, for messages
 * @throws CliError that names the field that is missing or invalid, and how to get a complete answer
 */
export function parseItem(kind: ItemKind, value: unknown, source: string): Item {
  if (isNested(value, MAX_LEVELS)) {
    throw new CliError(`${source}: a ${kind} is nested in more than ${MAX_LEVELS} levels. ${REMEDIES[kind]}`);
  }
  switch (kind) {
    case "volume":
      return parseVolume(value, source);
    case "snapshot":
      return parseSnapshot(value, source);
    case "type":
      return { kind, record: parseType(value, source) };
  }
}

/** The levels of objects and lists in an item. Cinder's have at most four. */
const MAX_LEVELS = 32;

/** Returns whether a value has objects or lists in more than a number of levels. */
const isNested = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isNested(each, levels - 1)));

/** Returns the kind of an item that is not in a list, such as a line of its own; undefined if it is none. */
export function kindOf(value: unknown): ItemKind | undefined {
  const has = (name: string) => typeof value === "object" && value !== null && Object.hasOwn(value, name);
  if (!has("id")) return undefined;
  if (has("extra_specs")) return "type";
  if (has("volume_id")) return "snapshot";
  return has("size") || has("volume_type") ? "volume" : undefined;
}

function parseVolume(value: unknown, source: string): Item {
  const fields = parse("volume", volumeShown, value, source);
  const { id, size, status, consumes_quota } = fields;
  const reason = reasonToLeaveOut({ size, status, consumes_quota }, VOLUME_STATUSES);
  if (reason !== undefined) return { kind: "left out", id: `volume ${id}`, reason };
  // Cinder adds these two to the users' own. Views add them again.
  const { readonly, attached_mode: _, ...userMetadata } = fields.metadata;
  const record: VolumeRecord = {
    id,
    project_id: fields["os-vol-tenant-attr:tenant_id"],
    user_id: fields.user_id,
    display_name: fields.name,
    display_description: fields.description,
    size,
    status,
    type: {
      name: fields.volume_type,
      id: fields.volume_type_id,
      encrypted: fields.encrypted,
    },
    metadata: userMetadata,
    readonly: readonly === undefined ? null : readonly === "True",
    created_at: fields.created_at,
    updated_at: fields.updated_at,
    bootable: fields.bootable ?? false,
    availability_zone: fields.availability_zone,
    host: fields["os-vol-host-attr:host"],
    snapshot_id: fields.snapshot_id,
    source_volid: fields.source_volid,
    migration_status: fields.migration_status ?? fields["os-vol-mig-status-attr:migstat"],
    shown: shownFields(value),
  };
  return { kind: "volume", record };
}

function parseSnapshot(value: unknown, source: string): Item {
  const fields = parse("snapshot", snapshotShown, value, source);
  const { id, size, status, consumes_quota } = fields;
  const reason = reasonToLeaveOut({ size, status, consumes_quota }, SNAPSHOT_STATUSES);
  if (reason !== undefined) return { kind: "left out", id: `snapshot ${id}`, reason };
  const progress = fields["os-extended-snapshot-attributes:progress"];
  const record: SnapshotRecord = {
    id,
    volume_id: fields.volume_id,
    project_id: fields["os-extended-snapshot-attributes:project_id"],
    user_id: fields.user_id,
    display_name: fields.name,
    display_description: fields.description,
    size,
    status,
    metadata: fields.metadata,
    created_at: fields.created_at,
    updated_at: fields.updated_at,
    // The view shows null as 100%, and fsck knows percentages only.
    progress: progress !== null && /^\d{1,2}%$/.test(progress) ? progress : null,
    shown: shownFields(value),
  };
  return { kind: "snapshot", record };
}

/**
 * Reads a type of an answer. Its encryption and its access list are in other answers.
 *
 * @throws CliError as `parseItem`
 */
export function parseType(value: unknown, source: string): TypeRecord {
  const { id, name, description, is_public, extra_specs } = parse("type", typeShown, value, source);
  const details = { description, is_public, extra_specs, encryption: undefined, projects: undefined };
  return { id, name, details, encrypted: false };
}

/** Returns why a volume or snapshot cannot be imported; undefined if it can. */
function reasonToLeaveOut(
  fields: {
    readonly size: number;
    readonly status: string;
    readonly consumes_quota: boolean | null | undefined;
  },
  statuses: readonly string[],
): string | undefined {
  if (fields.consumes_quota === false) return "a temporary one of Cinder's own (consumes_quota is false)";
  if (fields.size < 1) return `its size is ${fields.size} GiB`;
  return statuses.includes(fields.status) ? undefined : `its status is unknown here: ${fields.status}`;
}

function parse<Schema extends z.ZodType>(
  kind: ItemKind,
  schema: Schema,
  value: unknown,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [field] = issue?.path ?? [];
  const missing = typeof value === "object" && value !== null && !Object.hasOwn(value, String(field));
  const problem = missing ? "is missing" : `is invalid: ${issue?.message}`;
  const id = typeof value === "object" && value !== null && "id" in value ? ` ${String(value.id)}` : "";
  const what = printable(`${kind}${id}: "${issue?.path.join(".")}" ${problem}`);
  throw new CliError(`${source}: ${what}. ${REMEDIES[kind]}`);
}

/** Returns the fields that are compared with those of the next import. The links depend on the request. */
function shownFields(value: unknown): ShownFields {
  const entries = Object.entries(value ?? {}).filter(([name]) => name !== "id" && name !== "links");
  return Object.fromEntries(entries);
}
