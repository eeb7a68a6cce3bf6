/** The roles, each of which implies those before it. */
export const ROLES = ["reader", "member", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** A request that a role is required for. */
export interface Operation {
  readonly name: string;
  /** The least role that may call it. */
  readonly role: Role;
  /** The request, given resources of the project that it is about. */
  readonly request: (resources: Resources) => Request;
  /** The status of the response to a caller of that project. */
  readonly allowed: number;
  /**
   * The statuses of the responses to callers of another project, if the request can be about another project than the
   * caller's. Admins reach every resource by its id; others do not learn that it exists.
   */
  readonly otherProject?: { readonly admin: number; readonly others: number };
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Resources of one project. */
export interface Resources {
  readonly project: string;
  /** A volume that is available, and has the snapshot. Both have metadata with the key `key`. */
  readonly volume: string;
  readonly snapshot: string;
  readonly transfer: string;
  readonly auth_key: string;
}

/** Only admins reach a resource of another project. */
const byId = (status: number) => ({ otherProject: { admin: status, others: 404 } });
const byProject = { otherProject: { admin: 200, others: 403 } };

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

/** Actions of a volume, each with the least role. */
const VOLUME_ACTIONS: readonly Operation[] = (
  [
    ["extend a volume", "member", 202, { "os-extend": { new_size: 2 } }],
    ["retype a volume", "member", 400, { "os-retype": { new_type: "__DEFAULT__" } }],
    ["set whether a volume is bootable", "member", 200, { "os-set_bootable": { bootable: true } }],
    ["make a volume read-only", "member", 202, { "os-update_readonly_flag": { readonly: true } }],
    ["reserve a volume", "member", 202, { "os-reserve": {} }],
    ["unreserve a volume", "member", 202, { "os-unreserve": {} }],
    ["reset a volume's status", "admin", 202, { "os-reset_status": { status: "available" } }],
    // The volume has a snapshot.
    ["delete a volume in any status", "admin", 400, { "os-force_delete": {} }],
    ["unmanage a volume", "admin", 400, { "os-unmanage": null }],
  ] as const
).map(([name, role, status, body]) => ({
  name,
  role,
  allowed: status,
  otherProject: { admin: status, others: role === "admin" ? 403 : 404 },
  request: (resources) => ({ method: "POST", path: `volumes/${resources.volume}/action`, body }),
}));

/** Every operation of the API. */
const OPERATIONS: readonly Operation[] = [
  {
    name: "list transfers",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volume-transfers" }),
  },
  {
    name: "list transfers in detail",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volume-transfers/detail" }),
  },
  {
    name: "list closed transfers",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volume-transfers/history" }),
  },
  {
    name: "list events",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "events" }),
  },
  {
    name: "show a transfer",
    role: "reader",
    allowed: 200,
    ...byId(200),
    request: (resources) => ({ method: "GET", path: `volume-transfers/${resources.transfer}` }),
  },
  {
    name: "list volumes",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volumes" }),
  },
  {
    name: "list volumes in detail",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volumes/detail" }),
  },
  {
    name: "show a volume",
    role: "reader",
    allowed: 200,
    ...byId(200),
    request: (resources) => ({ method: "GET", path: `volumes/${resources.volume}` }),
  },
  {
    name: "list snapshots",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "snapshots" }),
  },
  {
    name: "list snapshots in detail",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "snapshots/detail" }),
  },
  {
    name: "show a snapshot",
    role: "reader",
    allowed: 200,
    ...byId(200),
    request: (resources) => ({ method: "GET", path: `snapshots/${resources.snapshot}` }),
  },
  {
    name: "list volume types",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "types" }),
  },
  {
    name: "show a volume type",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "types/default" }),
  },
  {
    name: "list availability zones",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "os-availability-zone" }),
  },
  {
    name: "list extensions",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "extensions" }),
  },
  {
    name: "sum up the volumes",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volumes/summary" }),
  },
  { name: "show limits", role: "reader", allowed: 200, request: () => ({ method: "GET", path: "limits" }) },
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
  {
    name: "list resource filters",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "resource_filters" }),
  },
  {
    name: "list groups",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "groups/detail" }),
  },
  {
    name: "list group snapshots",
    role: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "group_snapshots/detail" }),
  },
  {
    name: "reset a snapshot's status",
    role: "admin",
    allowed: 202,
    otherProject: { admin: 202, others: 403 },
    request: (resources) => ({
      method: "POST",
      path: `snapshots/${resources.snapshot}/action`,
      body: { "os-reset_status": { status: "available" } },
    }),
  },
  {
    name: "update a snapshot's status",
    role: "member",
    // The snapshot is neither being created nor deleted.
    allowed: 400,
    otherProject: { admin: 400, others: 404 },
    request: (resources) => ({
      method: "POST",
      path: `snapshots/${resources.snapshot}/action`,
      body: { "os-update_snapshot_status": { status: "error" } },
    }),
  },
  {
    name: "unmanage a snapshot",
    role: "admin",
    allowed: 202,
    otherProject: { admin: 202, others: 403 },
    request: (resources) => ({
      method: "POST",
      path: `snapshots/${resources.snapshot}/action`,
      body: { "os-unmanage": {} },
    }),
  },
  {
    name: "delete a snapshot in any status",
    role: "admin",
    allowed: 202,
    otherProject: { admin: 202, others: 403 },
    request: (resources) => ({
      method: "POST",
      path: `snapshots/${resources.snapshot}/action`,
      body: { "os-force_delete": {} },
    }),
  },
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
