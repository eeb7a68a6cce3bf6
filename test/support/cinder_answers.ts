import { createHash } from "node:crypto";

// The responses of a Cinder, for imports that need none.

/** A volume or snapshot in an answer. */
export type Shown = Readonly<Record<string, unknown>> & { readonly id: string };

/** The project that owns what is made without another. */
const OWNER = "a".repeat(32);

/** Returns the UUID of the nth resource of a kind: the same in each run. */
export function uuid(kind: string, n: number): string {
  const hex = createHash("sha256").update(`${kind} ${n}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Returns the time of the nth resource. */
const timeOf = (n: number): string =>
  `${new Date(1_700_000_000_000 + n * 1000).toISOString().slice(0, 19)}.000000`;

/** Returns the nth volume, as Cinder shows it to an admin at microversion 3.71. */
export function shownVolume(n: number, changes: Readonly<Record<string, unknown>> = {}): Shown {
  const id = uuid("volume", n);
  const project = String(changes["os-vol-tenant-attr:tenant_id"] ?? OWNER);
  return {
    id,
    status: "available",
    size: 1 + (n % 3),
    availability_zone: "nova",
    created_at: timeOf(n),
    updated_at: timeOf(n + 1),
    name: `volume ${n}`,
    description: null,
    volume_type: "__DEFAULT__",
    snapshot_id: null,
    source_volid: null,
    metadata: { number: String(n) },
    links: [
      { rel: "self", href: `http://cinder.example/v3/${project}/volumes/${id}` },
      { rel: "bookmark", href: `http://cinder.example/${project}/volumes/${id}` },
    ],
    user_id: "alice",
    bootable: "false",
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: false,
    attachments: [],
    migration_status: null,
    group_id: null,
    provider_id: null,
    shared_targets: false,
    service_uuid: uuid("service", 1),
    cluster_name: null,
    volume_type_id: uuid("type", 0),
    consumes_quota: true,
    "os-vol-tenant-attr:tenant_id": project,
    "os-vol-mig-status-attr:migstat": null,
    "os-vol-mig-status-attr:name_id": null,
    "os-vol-host-attr:host": "cinder@lvm#lvm",
    ...changes,
  };
}

/** Returns a snapshot of the nth volume, as Cinder shows it to an admin at microversion 3.71. */
export function shownSnapshot(n: number, changes: Readonly<Record<string, unknown>> = {}): Shown {
  return {
    id: uuid("snapshot", n),
    created_at: timeOf(n),
    updated_at: timeOf(n),
    name: `snapshot ${n}`,
    description: "before the upgrade",
    volume_id: uuid("volume", n),
    status: "available",
    size: 1 + (n % 3),
    metadata: {},
    group_snapshot_id: null,
    user_id: "alice",
    consumes_quota: true,
    "os-extended-snapshot-attributes:project_id": OWNER,
    "os-extended-snapshot-attributes:progress": "100%",
    ...changes,
  };
}
