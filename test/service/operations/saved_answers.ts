import { type Shown, shownSnapshot, shownVolume, uuid } from "../../support/cinder_answers.ts";

/** Projects that the demo of `npm start` does not use. */
export const ALPHA = "a".repeat(32);
export const BETA = "b".repeat(32);
export const GAMMA = "c".repeat(32);

export const ATTACHMENT = {
  id: uuid("volume", 2),
  attachment_id: uuid("attachment", 1),
  volume_id: uuid("volume", 2),
  server_id: uuid("server", 1),
  host_name: "compute-1",
  device: "/dev/vdb",
  attached_at: "2026-11-24T05:12:00.000000",
};

/** Volumes in every state that differs from that of a volume which was made here. */
export const VOLUMES: readonly Shown[] = [
  shownVolume(1, { metadata: { number: "1", readonly: "True" }, bootable: "true" }),
  shownVolume(2, {
    status: "in-use",
    multiattach: true,
    attachments: [ATTACHMENT],
    metadata: { attached_mode: "rw", quote: "it's" },
    volume_image_metadata: { image_name: "debian", min_disk: "0" },
  }),
  shownVolume(3, { status: "error", availability_zone: null, "os-vol-host-attr:host": null, name: null }),
  shownVolume(4, {
    volume_type: "secret",
    volume_type_id: uuid("type", 4),
    encrypted: true,
    "os-vol-tenant-attr:tenant_id": BETA,
    description: "naïve 💾\n'; --",
  }),
  shownVolume(5, { status: "awaiting-transfer", snapshot_id: uuid("snapshot", 1), updated_at: null }),
  shownVolume(6, {
    status: "maintenance",
    migration_status: "migrating",
    "os-vol-mig-status-attr:migstat": "migrating",
    "os-vol-mig-status-attr:name_id": uuid("name", 1),
    group_id: uuid("group", 1),
    provider_id: "lun-6",
    replication_status: "enabled",
    cluster_name: "cluster@lvm",
    shared_targets: null,
    service_uuid: null,
  }),
];
/** Snapshots of some of them. */
export const SNAPSHOTS: readonly Shown[] = [
  shownSnapshot(1, { metadata: { key: "value" } }),
  shownSnapshot(2, { status: "error", "os-extended-snapshot-attributes:progress": "42%" }),
  shownSnapshot(4, {
    "os-extended-snapshot-attributes:project_id": BETA,
    group_snapshot_id: uuid("group snapshot", 1),
    updated_at: null,
  }),
];
