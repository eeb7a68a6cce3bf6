import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("quotas, on %s", (_database, url) => {
  it("must be numbers, of which only per_volume_gigabytes may be a text", async () => {
    const admin = new Admin(url);
    const { project } = new Client(url);
    const path = `os-quota-sets/${project}`;
    for (const name of ["volumes", "gigabytes", "snapshots", "backups", "groups", "volumes_LUKS"]) {
      for (const value of ["5", "-1", " 5 ", "five", null, true, 1.5, []]) {
        expect(messageOf(400, await admin.send("PUT", path, { quota_set: { [name]: value } }))).toBe(
          `${name} must be an integer`,
        );
      }
    }
    const { body } = await admin.send("PUT", path, { quota_set: { per_volume_gigabytes: "7", volumes: 5 } });
    expect(body.quota_set).toMatchObject({ per_volume_gigabytes: 7, volumes: 5 });
  });

  it("are shown as limits without usage for a user without a role", async () => {
    const stranger = new Client(url, { roles: "stranger" });
    const { status, body } = await stranger.get("limits");
    expect(status).toBe(200);
    expect(body).toEqual({
      limits: {
        rate: [],
        absolute: {
          ...{ maxTotalVolumes: 10, maxTotalSnapshots: 10, maxTotalVolumeGigabytes: 1000 },
          ...{ maxTotalBackups: 10, maxTotalBackupGigabytes: 1000 },
        },
      },
    });
    const reader = new Client(url, { roles: "reader" });
    expect((await reader.get("limits")).body).toMatchObject({
      limits: { absolute: { totalVolumesUsed: 0 } },
    });
  });
});
