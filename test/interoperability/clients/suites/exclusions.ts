import type { Exclusion } from "../../tempest/exclusions.ts";

// The tests of other projects' suites that do not run. Names are those of modules, classes or tests.

const BACKUPS = "Backups copy the data of a volume. Volumes have no data.";
const BACK_ENDS = "It lists or controls back ends and the processes of Cinder. The service has none.";
const GROUPS = "Groups and snapshots of groups are not part of the service.";
const IMAGES = "It uses an image, or the metadata that an image has left: Glance. Volumes have no data.";
const QOS = "QoS specs limit the I/O of a volume that is attached. Volumes cannot be attached.";
const SERVERS = "It starts a server: compute (Nova).";

/** Under `openstack.tests.functional`. */
export const OPENSTACKSDK: readonly Exclusion[] = [
  { reason: SERVERS, tests: ["block_storage.v3.test_attachment"] },
  { reason: BACKUPS, tests: ["block_storage.v3.test_backup"] },
  {
    reason: BACK_ENDS,
    tests: ["block_storage.v3.test_capabilities", "block_storage.v3.test_service"],
  },
  {
    reason: "Default types of single projects are not part of the service.",
    tests: ["block_storage.v3.test_default_type"],
  },
  { reason: GROUPS, tests: ["block_storage.v3.test_group"] },
  {
    reason: "openstacksdk itself has disabled it.",
    tests: ["cloud.test_block_storage.TestVolume", "cloud.test_block_storage.TestVolumeBackup"],
  },
  {
    reason: "It skips itself unless the catalog has the type `volume`, the API of version 1.",
    tests: ["cloud.test_block_storage.TestVolumeQuotas", "cloud.test_block_storage.TestVolumeType"],
  },
];

/** Of `internal/acceptance/openstack/blockstorage/v3`. */
export const GOPHERCLOUD: readonly Exclusion[] = [
  { reason: BACKUPS, tests: ["TestBackupsCRUD", "TestBackupsForceDelete", "TestBackupsResetStatus"] },
  { reason: BACK_ENDS, tests: ["TestSchedulerStatsList", "TestServicesList"] },
  {
    reason: "It manages a volume without its size, for which Cinder asks the back end. The service has none.",
    tests: ["TestManageableVolumes"],
  },
  { reason: QOS, tests: ["TestQoS", "TestQoSAssociations"] },
  {
    reason: IMAGES,
    tests: [
      "TestVolumeActionsImageMetadata",
      "TestVolumeActionsReImage",
      "TestVolumeActionsUploadImageDestroy",
    ],
  },
  { reason: SERVERS, tests: ["TestVolumeActionsAttachCreateDestroy", "TestVolumeAttachments"] },
];

/** Under `openstackclient.tests.functional.volume.v3`. */
export const OPENSTACKCLIENT: readonly Exclusion[] = [
  { reason: QOS, tests: ["test_qos"] },
  { reason: BACK_ENDS, tests: ["test_service"] },
  { reason: GROUPS, tests: ["test_volume_group"] },
  { reason: IMAGES, tests: ["test_volume.VolumeTests.test_volume_set_and_unset"] },
  {
    reason: "It expects `lvmdriver-1`, the default type of DevStack.",
    tests: ["test_volume_type.VolumeTypeTests.test_volume_type_create_list"],
  },
];

/** Under `cinderclient.tests.functional`. */
export const CINDERCLIENT: readonly Exclusion[] = [
  {
    reason: BACKUPS,
    tests: ["test_cli.CinderBackupTests", "test_readonly_cli.CinderClientReadOnlyTests.test_backup_list"],
  },
  { reason: QOS, tests: ["test_readonly_cli.CinderClientReadOnlyTests.test_qos_list"] },
  { reason: BACK_ENDS, tests: ["test_readonly_cli.CinderClientReadOnlyTests.test_service_list"] },
];

/** The scenarios of Rally that have to do with a Cinder. */
export const RALLY: readonly Exclusion[] = [
  {
    reason: BACKUPS,
    tests: [
      "CinderVolumeBackups",
      "CinderVolumes.create_and_list_volume_backups",
      "CinderVolumes.create_and_restore_volume_backup",
      "CinderVolumes.create_volume_backup",
    ],
  },
  { reason: IMAGES, tests: ["CinderVolumes.create_and_upload_volume_to_image"] },
  { reason: QOS, tests: ["CinderQos"] },
  {
    reason: SERVERS,
    tests: [
      "CinderVolumes.create_and_attach_volume",
      "CinderVolumes.create_nested_snapshots_and_attach_volume",
      "CinderVolumes.create_snapshot_and_attach_volume",
    ],
  },
];
