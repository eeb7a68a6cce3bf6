import { actionsOf, byId, byProject, type Operation, type Role, read, readById } from "./operation.ts";

/** The operations of the metadata of volumes or snapshots. */
const metadataOf = (kind: "volume" | "snapshot"): readonly Operation[] => {
  const operation = (name: string, role: Role, method: string, path: string, body?: unknown): Operation => ({
    name: `${name} of a ${kind}`,
    role,
    allowed: 200,
    ...byId(200),
    request: (resources) => ({ method, path: `${kind}s/${resources[kind]}/${path}`, body }),
  });
  return [
    operation("show the metadata", "reader", "GET", "metadata"),
    operation("add metadata", "member", "POST", "metadata", { metadata: { key: "value" } }),
    operation("replace the metadata", "member", "PUT", "metadata", { metadata: { key: "value" } }),
    operation("set one key of the metadata", "member", "PUT", "metadata/key", { meta: { key: "value" } }),
    operation("show one key of the metadata", "reader", "GET", "metadata/key"),
    operation("delete one key of the metadata", "member", "DELETE", "metadata/key"),
  ];
};

const VOLUME_ACTIONS = actionsOf("volume", [
  ["extend a volume", "member", 202, { "os-extend": { new_size: 2 } }],
  ["retype a volume", "member", 400, { "os-retype": { new_type: "__DEFAULT__" } }],
  ["revert a volume", "member", 400, { revert: { snapshot_id: null } }],
  ["set whether a volume is bootable", "member", 200, { "os-set_bootable": { bootable: true } }],
  ["make a volume read-only", "member", 202, { "os-update_readonly_flag": { readonly: true } }],
  ["reserve a volume", "member", 202, { "os-reserve": {} }],
  ["unreserve a volume", "member", 202, { "os-unreserve": {} }],
  ["reset a volume's status", "admin", 202, { "os-reset_status": { status: "available" } }],
  // The volume has a snapshot.
  ["delete a volume in any status", "admin", 400, { "os-force_delete": {} }],
  ["unmanage a volume", "admin", 400, { "os-unmanage": null }],
]);

const SNAPSHOT_ACTIONS = actionsOf("snapshot", [
  ["reset a snapshot's status", "admin", 202, { "os-reset_status": { status: "available" } }],
  // The snapshot is neither being created nor deleted.
  ["update a snapshot's status", "member", 400, { "os-update_snapshot_status": { status: "error" } }],
  ["unmanage a snapshot", "admin", 202, { "os-unmanage": {} }],
  ["delete a snapshot in any status", "admin", 202, { "os-force_delete": {} }],
]);

/** Every operation of the API. */
const OPERATIONS: readonly Operation[] = [
  read("list transfers", "volume-transfers"),
  read("list transfers in detail", "volume-transfers/detail"),
  read("list closed transfers", "volume-transfers/history"),
  read("list events", "events"),
  readById("show a transfer", (resources) => `volume-transfers/${resources.transfer}`),
  read("list volumes", "volumes"),
  read("list volumes in detail", "volumes/detail"),
  readById("show a volume", (resources) => `volumes/${resources.volume}`),
  readById("show how a volume is encrypted", (resources) => `volumes/${resources.volume}/encryption`),
  read("list snapshots", "snapshots"),
  read("list snapshots in detail", "snapshots/detail"),
  readById("show a snapshot", (resources) => `snapshots/${resources.snapshot}`),
  read("list volume types", "types"),
  read("show a volume type", "types/default"),
  read("list availability zones", "os-availability-zone"),
  read("list extensions", "extensions"),
  read("sum up the volumes", "volumes/summary"),
  read("show limits", "limits"),
  {
    name: "show quotas",
    role: "reader",
    allowed: 200,
    ...byProject,
    request: (resources) => ({ method: "GET", path: `os-quota-sets/${resources.project}` }),
  },
  {
    name: "show default quotas",
    role: "reader",
    allowed: 200,
    ...byProject,
    request: (resources) => ({ method: "GET", path: `os-quota-sets/${resources.project}/defaults` }),
  },
  {
    name: "update quotas",
    role: "admin",
    allowed: 200,
    ...byProject,
    request: (resources) => ({
      method: "PUT",
      path: `os-quota-sets/${resources.project}`,
      body: { quota_set: { backups: 9 } },
    }),
  },
  {
    name: "delete quotas",
    role: "admin",
    allowed: 200,
    ...byProject,
    request: (resources) => ({ method: "DELETE", path: `os-quota-sets/${resources.project}` }),
  },
  {
    name: "show the default quotas of all projects",
    role: "admin",
    allowed: 200,
    request: () => ({ method: "GET", path: "os-quota-class-sets/default" }),
  },
  {
    name: "update the default quotas of all projects",
    role: "admin",
    allowed: 200,
    request: () => ({
      method: "PUT",
      path: "os-quota-class-sets/default",
      body: { quota_class_set: { backups: 10 } },
    }),
  },
  {
    name: "update a volume",
    role: "member",
    allowed: 200,
    ...byId(200),
    request: (resources) => ({
      method: "PUT",
      path: `volumes/${resources.volume}`,
      body: { volume: { name: "new" } },
    }),
  },
  {
    name: "update a snapshot",
    role: "member",
    allowed: 200,
    ...byId(200),
    request: (resources) => ({
      method: "PUT",
      path: `snapshots/${resources.snapshot}`,
      body: { snapshot: { name: "new" } },
    }),
  },
  ...metadataOf("volume"),
  ...metadataOf("snapshot"),
  ...VOLUME_ACTIONS,
  {
    name: "manage a volume",
    role: "admin",
    allowed: 202,
    request: (resources) => ({
      method: "POST",
      path: "os-volume-manage",
      body: { volume: { host: resources.project, ref: { "source-name": resources.volume, size: 1 } } },
    }),
  },
  {
    name: "manage a snapshot",
    role: "admin",
    allowed: 202,
    otherProject: { admin: 202, others: 403 },
    request: (resources) => ({
      method: "POST",
      path: "os-snapshot-manage",
      body: { snapshot: { volume_id: resources.volume, ref: { "source-name": crypto.randomUUID() } } },
    }),
  },
  {
    name: "delete a volume with force",
    role: "admin",
    allowed: 400,
    otherProject: { admin: 400, others: 403 },
    request: (resources) => ({ method: "DELETE", path: `volumes/${resources.volume}?force=true` }),
  },
  read("list resource filters", "resource_filters"),
  read("list groups", "groups/detail"),
  read("list group snapshots", "group_snapshots/detail"),
  ...SNAPSHOT_ACTIONS,
  {
    name: "create a volume",
    role: "member",
    allowed: 202,
    request: () => ({ method: "POST", path: "volumes", body: { volume: { size: 1 } } }),
  },
  {
    name: "create a snapshot",
    role: "member",
    allowed: 202,
    ...byId(202),
    request: (resources) => ({
      method: "POST",
      path: "snapshots",
      body: { snapshot: { volume_id: resources.volume } },
    }),
  },
  {
    name: "delete a snapshot",
    role: "member",
    allowed: 202,
    ...byId(202),
    request: (resources) => ({ method: "DELETE", path: `snapshots/${resources.snapshot}` }),
  },
  {
    name: "create a transfer",
    role: "member",
    allowed: 202,
    ...byId(202),
    request: (resources) => ({
      method: "POST",
      path: "volume-transfers",
      body: { transfer: { volume_id: resources.volume } },
    }),
  },
  {
    name: "delete a transfer",
    role: "member",
    allowed: 202,
    ...byId(202),
    request: (resources) => ({ method: "DELETE", path: `volume-transfers/${resources.transfer}` }),
  },
  {
    name: "delete a volume",
    role: "member",
    allowed: 202,
    ...byId(202),
    request: (resources) => ({ method: "DELETE", path: `volumes/${resources.volume}?cascade=True` }),
  },
  {
    name: "accept a transfer",
    role: "member",
    allowed: 202,
    otherProject: { admin: 202, others: 202 },
    request: (resources) => ({
      method: "POST",
      path: `volume-transfers/${resources.transfer}/accept`,
      body: { accept: { auth_key: resources.auth_key } },
    }),
  },
  {
    name: "preview a transfer",
    role: "member",
    allowed: 200,
    otherProject: { admin: 200, others: 200 },
    request: (resources) => ({
      method: "POST",
      path: `volume-transfers/${resources.transfer}/preview`,
      body: { preview: { auth_key: resources.auth_key } },
    }),
  },
];

/** The operations, each after the words of its test's title. */
export const OPERATIONS_BY_TITLE = OPERATIONS.map(
  (operation) => [operation.role, operation.name, operation] as const,
);
