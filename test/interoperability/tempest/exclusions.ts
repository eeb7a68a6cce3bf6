/** Tests of Tempest that do not run, and why. */
export interface Exclusion {
  readonly reason: string;
  /** Modules, classes or tests, without the leading `tempest.api.volume.`. */
  readonly tests: readonly string[];
}

/** Every test of `tempest.api.volume` that `npm run test:tempest` leaves out. */
export const EXCLUSIONS: readonly Exclusion[] = [
  {
    reason: "It starts a server: compute (Nova).",
    tests: [
      "admin.test_encrypted_volumes_extend",
      "admin.test_snapshot_manage.SnapshotManageAdminTest.test_snapshot_manage_with_attached_volume",
      "admin.test_volumes_actions.VolumesActionsTest.test_force_detach_volume",
      "test_volumes_actions.VolumesActionsTest.test_attach_detach_volume_to_instance",
      "test_volumes_actions.VolumesActionsTest.test_get_volume_attachment",
      "test_volumes_extend.VolumesExtendAttachedTest",
      "test_volumes_negative.VolumesNegativeTest.test_attach_volumes_with_nonexistent_volume_id",
      "test_volumes_snapshots.VolumesSnapshotTestJSON.test_snapshot_create_delete_with_volume_in_use",
      "test_volumes_snapshots.VolumesSnapshotTestJSON.test_snapshot_create_offline_delete_online",
    ],
  },
  {
    reason:
      "Only a volume that a server uses can be detached. No volume is attached here: the call does not exist.",
    tests: ["test_volumes_negative.VolumesNegativeTest.test_detach_volumes_with_invalid_volume_id"],
  },
  {
    reason: "It uses an image: Glance. Volumes have no data.",
    tests: [
      "test_image_metadata",
      "test_volumes_actions.VolumesActionsTest.test_volume_upload",
      "test_volumes_clone.VolumesCloneTest.test_create_from_bootable_volume",
      "test_volumes_extend.VolumesExtendTest.test_volume_extend",
      "test_volumes_get.VolumesGetTest.test_volume_create_get_update_delete_from_image",
      "test_volumes_negative.VolumesNegativeTest.test_create_volume_from_deactivated_image",
      "test_volumes_negative.VolumesNegativeTest.test_create_volume_from_image_with_decreasing_size",
    ],
  },
  {
    reason: "Backups copy the data of a volume. Volumes have no data.",
    tests: [
      "admin.test_volumes_backup",
      "test_volumes_backup",
      "test_volumes_snapshots.VolumesSnapshotTestJSON.test_snapshot_backup",
    ],
  },
  {
    reason: "Groups and snapshots of groups are not part of the service.",
    tests: [
      "admin.test_group_snapshots",
      "admin.test_group_type_specs",
      "admin.test_group_types",
      "admin.test_groups",
    ],
  },
  {
    reason: "Migration moves the data between two back ends. The service has none.",
    tests: ["admin.test_multi_backend", "admin.test_volume_retype.VolumeRetypeWithMigrationTest"],
  },
  {
    reason: "QoS specs limit the I/O of a volume that is attached. Volumes cannot be attached.",
    tests: ["admin.test_qos"],
  },
  {
    reason: "Multiattach attaches a volume to several servers. Volumes cannot be attached.",
    tests: ["admin.test_volume_retype.VolumeRetypeMultiattachTest"],
  },
  {
    reason:
      "It reports or controls back ends and the processes of Cinder: pools, capabilities, hosts, cinder-volume. " +
      "Volumes are records in a database; the service has no back end, and no process to disable or freeze.",
    tests: [
      "admin.test_backends_capabilities",
      "admin.test_volume_hosts",
      "admin.test_volume_pools",
      "admin.test_volume_services",
      "admin.test_volume_services_negative",
    ],
  },
  {
    reason:
      "It waits for the message that the scheduler has found no back end for a volume type. There is no scheduler: a " +
      "volume of any type is created at once, and every failure is in the response of its own request.",
    tests: ["admin.test_user_messages"],
  },
];
