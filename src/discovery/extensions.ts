import * as z from "zod/mini";
import { resourceNotFound } from "../http/faults.ts";
import { resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";

const extension = z.strictObject({
  name: z.string(),
  alias: z.string(),
  description: z.string(),
  updated: z.string(),
  links: z.array(z.never()),
});
type Extension = z.infer<typeof extension>;

const describe = (name: string, alias: string, updated: string, description: string): Extension => ({
  name,
  alias,
  description,
  updated: `${updated}T00:00:00+00:00`,
  links: [],
});

/** The extensions of Cinder that the service has, under Cinder's names and with Cinder's dates. */
const EXTENSIONS: readonly Extension[] = [
  describe("AdminActions", "os-admin-actions", "2012-08-25", "Actions of admins."),
  describe("AvailabilityZones", "os-availability-zone", "2013-06-27", "Availability zones."),
  describe(
    "ExtendedSnapshotAttributes",
    "os-extended-snapshot-attributes",
    "2012-06-19",
    "The project and the progress of a snapshot.",
  ),
  describe("QuotaClasses", "os-quota-class-sets", "2012-03-12", "Default quotas of all projects."),
  describe("Quotas", "os-quota-sets", "2011-08-08", "Quotas of projects."),
  describe("SchedulerHints", "OS-SCH-HNT", "2013-04-18", "Hints of a new volume, which are ignored."),
  describe("SnapshotActions", "os-snapshot-actions", "2013-07-16", "Actions of snapshots."),
  describe("SnapshotManage", "os-snapshot-manage", "2014-12-31", "Snapshots of storage that exists."),
  describe(
    "SnapshotUnmanage",
    "os-snapshot-unmanage",
    "2014-12-31",
    "Deletion of snapshots without their storage.",
  ),
  describe("TypesExtraSpecs", "os-types-extra-specs", "2011-08-24", "Extra specs of volume types."),
  describe("TypesManage", "os-types-manage", "2011-08-24", "Creation, update and deletion of volume types."),
  describe("UsedLimits", "os-used-limits", "2013-10-03", "Limits with what is used of them."),
  describe("VolumeActions", "os-volume-actions", "2012-05-31", "Actions of volumes."),
  describe(
    "VolumeEncryptionMetadata",
    "os-volume-encryption-metadata",
    "2013-07-10",
    "How a volume is encrypted.",
  ),
  describe("VolumeHostAttribute", "os-vol-host-attr", "2011-11-03", "The host of a volume."),
  describe("VolumeManage", "os-volume-manage", "2014-02-10", "Volumes of storage that exists."),
  describe(
    "VolumeMigStatusAttribute",
    "os-vol-mig-status-attr",
    "2013-08-08",
    "The migration status of a volume.",
  ),
  describe("VolumeTenantAttribute", "os-vol-tenant-attr", "2011-11-03", "The project of a volume."),
  describe("VolumeTransfer", "os-volume-transfer", "2013-05-29", "Transfers of volumes between projects."),
  describe("VolumeTypeAccess", "os-volume-type-access", "2014-06-26", "Projects that use a private type."),
  describe("VolumeTypeEncryption", "encryption", "2013-07-01", "Encryption of volume types."),
  describe(
    "VolumeUnmanage",
    "os-volume-unmanage",
    "2012-05-31",
    "Deletion of volumes without their storage.",
  ),
];

/** The extensions of the API. */
export const extensions = resource()
  .get(
    "/",
    describeRoute({
      id: "listExtensions",
      rule: "authenticated",
      tag: "extensions",
      summary: "List known API extensions",
      response: {
        status: 200,
        description: "The extensions.",
        body: z.strictObject({ extensions: z.array(extension) }),
      },
    }),
    (c) => c.json({ extensions: EXTENSIONS }),
  )

  .get(
    "/:alias",
    describeRoute({
      id: "showExtension",
      rule: "authenticated",
      tag: "extensions",
      summary: "Show an API extension",
      response: { status: 200, description: "The extension.", body: z.strictObject({ extension }) },
      faults: [404],
    }),
    (c) => {
      const found = EXTENSIONS.find(({ alias }) => alias === c.req.param("alias"));
      if (found === undefined) throw resourceNotFound();
      return c.json({ extension: found });
    },
  );
