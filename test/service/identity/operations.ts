import type { Rule } from "../../../src/identity/policy.ts";
import { actionsOf, byId, byProject, type Operation, read, readById, roleOf } from "./operation.ts";

/** The operations of the metadata of volumes or snapshots. */
const metadataOf = (kind: "volume" | "snapshot"): readonly Operation[] => {
  const operation = (name: string, rule: Rule, method: string, path: string, body?: unknown): Operation => ({
    name: `${name} of a ${kind}`,
    rule,
    allowed: 200,
    ...byId(200),
    request: (resources) => [method, `${kind}s/${resources[kind]}/${path}`, body],
  });
  const [show, update] = [`volume:get_${kind}_metadata`, `volume:update_${kind}_metadata`] as const;
  const add = kind === "volume" ? "volume:create_volume_metadata" : update;
  return [
    operation("show the metadata", show, "GET", "metadata"),
    operation("add metadata", add, "POST", "metadata", { metadata: { key: "value" } }),
    operation("replace the metadata", update, "PUT", "metadata", { metadata: { key: "value" } }),
    operation("set one key of the metadata", update, "PUT", "metadata/key", { meta: { key: "value" } }),
    operation("show one key of the metadata", show, "GET", "metadata/key"),
    operation("delete one key of the metadata", `volume:delete_${kind}_metadata`, "DELETE", "metadata/key"),
  ];
};

const VOLUME_ACTIONS = actionsOf("volume", [
  ["extend a volume", "volume:extend", 202, { "os-extend": { new_size: 2 } }],
  ["retype a volume", "volume:retype", 400, { "os-retype": { new_type: "__DEFAULT__" } }],
  ["revert a volume", "volume:revert_to_snapshot", 400, { revert: { snapshot_id: null } }],
  ["set whether a volume is bootable", "volume:update", 200, { "os-set_bootable": { bootable: true } }],
  [
    "make a volume read-only",
    "volume:update_readonly_flag",
    202,
    { "os-update_readonly_flag": { readonly: true } },
  ],
  ["reserve a volume", "volume_extension:volume_actions:reserve", 202, { "os-reserve": {} }],
  ["unreserve a volume", "volume_extension:volume_actions:unreserve", 202, { "os-unreserve": {} }],
  [
    "reset a volume's status",
    "volume_extension:volume_admin_actions:reset_status",
    202,
    { "os-reset_status": { status: "available" } },
  ],
  // The volume has a snapshot.
  [
    "delete a volume in any status",
    "volume_extension:volume_admin_actions:force_delete",
    400,
    { "os-force_delete": {} },
  ],
  ["unmanage a volume", "volume_extension:volume_unmanage", 400, { "os-unmanage": null }],
]);

const SNAPSHOT_ACTIONS = actionsOf("snapshot", [
  [
    "reset a snapshot's status",
    "volume_extension:snapshot_admin_actions:reset_status",
    202,
    { "os-reset_status": { status: "available" } },
  ],
  // The snapshot is neither being created nor deleted.
  [
    "update a snapshot's status",
    "snapshot_extension:snapshot_actions:update_snapshot_status",
    400,
    { "os-update_snapshot_status": { status: "error" } },
  ],
  ["unmanage a snapshot", "snapshot_extension:snapshot_unmanage", 202, { "os-unmanage": {} }],
  [
    "delete a snapshot in any status",
    "volume_extension:snapshot_admin_actions:force_delete",
    202,
    { "os-force_delete": {} },
  ],
]);

/** The operations of the API, but for those that change volume types. */
const OPERATIONS: readonly Operation[] = [
  read("list transfers", "volume:get_all_transfers", "volume-transfers"),
  read("list transfers in detail", "volume:get_all_transfers", "volume-transfers/detail"),
  read("watch transfers", "volume:get_all_transfers", "volume-transfers/changes"),
  read("list closed transfers", "volume:get_transfer_history", "volume-transfers/history"),
  read("list events", "events:get_all", "events"),
  readById("show a transfer", "volume:get_transfer", (resources) => `volume-transfers/${resources.transfer}`),
  read("list volumes", "volume:get_all", "volumes"),
  read("list volumes in detail", "volume:get_all", "volumes/detail"),
  readById("show a volume", "volume:get", (resources) => `volumes/${resources.volume}`),
  readById(
    "show how a volume is encrypted",
    "volume_extension:volume_encryption_metadata",
    (resources) => `volumes/${resources.volume}/encryption`,
  ),
  read("list snapshots", "volume:get_all_snapshots", "snapshots"),
  read("list snapshots in detail", "volume:get_all_snapshots", "snapshots/detail"),
  readById("show a snapshot", "volume:get_snapshot", (resources) => `snapshots/${resources.snapshot}`),
  read("list volume types", "volume_extension:type_get_all", "types"),
  read("show a volume type", "volume_extension:type_get", "types/default"),
  read("list availability zones", "authenticated", "os-availability-zone"),
  read("list extensions", "authenticated", "extensions"),
  read("sum up the volumes", "volume:get_all", "volumes/summary"),
  read("show limits", "authenticated", "limits"),
  {
    name: "show quotas",
    rule: "volume_extension:quotas:show",
    allowed: 200,
    ...byProject,
    request: ({ project }) => ["GET", `os-quota-sets/${project}`],
  },
  {
    name: "show default quotas",
    rule: "volume_extension:quotas:show",
    allowed: 200,
    ...byProject,
    request: ({ project }) => ["GET", `os-quota-sets/${project}/defaults`],
  },
  {
    name: "update quotas",
    rule: "volume_extension:quotas:update",
    allowed: 200,
    ...byProject,
    request: ({ project }) => ["PUT", `os-quota-sets/${project}`, { quota_set: { backups: 9 } }],
  },
  {
    name: "delete quotas",
    rule: "volume_extension:quotas:delete",
    allowed: 200,
    ...byProject,
    request: ({ project }) => ["DELETE", `os-quota-sets/${project}`],
  },
  {
    name: "show the default quotas of all projects",
    rule: "volume_extension:quota_classes:get",
    allowed: 200,
    request: () => ["GET", "os-quota-class-sets/default"],
  },
  {
    name: "update the default quotas of all projects",
    rule: "volume_extension:quota_classes:update",
    allowed: 200,
    request: () => ["PUT", "os-quota-class-sets/default", { quota_class_set: { backups: 10 } }],
  },
  {
    name: "update a volume",
    rule: "volume:update",
    allowed: 200,
    ...byId(200),
    request: ({ volume }) => ["PUT", `volumes/${volume}`, { volume: { name: "new" } }],
  },
  {
    name: "update a snapshot",
    rule: "volume:update_snapshot",
    allowed: 200,
    ...byId(200),
    request: ({ snapshot }) => ["PUT", `snapshots/${snapshot}`, { snapshot: { name: "new" } }],
  },
  ...metadataOf("volume"),
  ...metadataOf("snapshot"),
  ...VOLUME_ACTIONS,
  {
    name: "manage a volume",
    rule: "volume_extension:volume_manage",
    allowed: 202,
    request: ({ project, volume }) => [
      "POST",
      "os-volume-manage",
      { volume: { host: project, ref: { "source-name": volume, size: 1 } } },
    ],
  },
  {
    name: "manage a snapshot",
    rule: "snapshot_extension:snapshot_manage",
    allowed: 202,
    otherProject: { admin: 202, others: 403 },
    request: ({ volume }) => [
      "POST",
      "os-snapshot-manage",
      { snapshot: { volume_id: volume, ref: { "source-name": crypto.randomUUID() } } },
    ],
  },
  {
    name: "delete a volume with force",
    rule: "volume:force_delete",
    ruleOfRoute: "volume:delete",
    allowed: 400,
    otherProject: { admin: 400, others: 403 },
    request: ({ volume }) => ["DELETE", `volumes/${volume}?force=true`],
  },
  read("list resource filters", "authenticated", "resource_filters"),
  read("list groups", "group:get_all", "groups/detail"),
  read("list group snapshots", "group:get_all_group_snapshots", "group_snapshots/detail"),
  ...SNAPSHOT_ACTIONS,
  {
    name: "create a volume",
    rule: "volume:create",
    allowed: 202,
    request: () => ["POST", "volumes", { volume: { size: 1 } }],
  },
  {
    name: "create a snapshot",
    rule: "volume:create_snapshot",
    allowed: 202,
    ...byId(202),
    request: ({ volume }) => ["POST", "snapshots", { snapshot: { volume_id: volume } }],
  },
  {
    name: "delete a snapshot",
    rule: "volume:delete_snapshot",
    allowed: 202,
    ...byId(202),
    request: ({ snapshot }) => ["DELETE", `snapshots/${snapshot}`],
  },
  {
    name: "create a transfer",
    rule: "volume:create_transfer",
    allowed: 202,
    ...byId(202),
    request: ({ volume }) => ["POST", "volume-transfers", { transfer: { volume_id: volume } }],
  },
  {
    name: "delete a transfer",
    rule: "volume:delete_transfer",
    allowed: 202,
    ...byId(202),
    request: ({ transfer }) => ["DELETE", `volume-transfers/${transfer}`],
  },
  {
    name: "delete a volume",
    rule: "volume:delete",
    allowed: 202,
    ...byId(202),
    request: ({ volume }) => ["DELETE", `volumes/${volume}?cascade=True`],
  },
  {
    name: "accept a transfer",
    rule: "volume:accept_transfer",
    allowed: 202,
    otherProject: { admin: 202, others: 202 },
    request: ({ auth_key, transfer }) => [
      "POST",
      `volume-transfers/${transfer}/accept`,
      { accept: { auth_key: auth_key } },
    ],
  },
  {
    name: "preview a transfer",
    rule: "volume:accept_transfer",
    allowed: 200,
    otherProject: { admin: 200, others: 200 },
    request: ({ auth_key, transfer }) => [
      "POST",
      `volume-transfers/${transfer}/preview`,
      { preview: { auth_key: auth_key } },
    ],
  },
];

/** The operations, each after the words of its test's title. */
export const OPERATIONS_BY_TITLE = OPERATIONS.map(
  (operation) => [roleOf(operation), operation.name, operation] as const,
);
