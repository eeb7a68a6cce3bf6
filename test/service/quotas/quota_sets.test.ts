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

  it("are set for an id of at most 255 characters", async () => {
    const admin = new Admin(url);
    const put = (id: string, volumes: unknown) =>
      admin.send("PUT", `os-quota-sets/${id}`, { quota_set: { volumes } });
    const id = crypto.randomUUID().padEnd(255, "é");
    expect((await put(encodeURIComponent(id), 5)).status).toBe(200);
    expect(messageOf(400, await put(encodeURIComponent(`${id}é`), 5))).toBe(
      "Invalid input received: quota_set_name has 256 characters, more than 255.",
    );
    expect(messageOf(400, await put("x".repeat(300), "x"))).toBe("volumes must be an integer");
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

  it("are shown as limits of another project to an admin, from 3.39", async () => {
    const admin = new Client(url, { user: "root", roles: "admin", microversion: "3.39" });
    const owner = new Client(url);
    const { project } = owner;
    await admin.send("PUT", `os-quota-sets/${project}`, { quota_set: { volumes: 7 } });
    await owner.send("POST", "volumes", { volume: { size: 3 } });
    const shown = { limits: { absolute: { maxTotalVolumes: 7, totalGigabytesUsed: 3 } } };
    const own = { limits: { absolute: { maxTotalVolumes: 10, totalGigabytesUsed: 0 } } };
    const other = crypto.randomUUID();
    expect((await admin.get(`limits?project_id=${project}`)).body).toMatchObject(shown);
    expect((await admin.get(`limits?tenant_id=${project}`)).body).toMatchObject(shown);
    expect((await admin.get(`limits?project_id=${project}&tenant_id=${other}`)).body).toMatchObject(shown);
    const older = new Client(url, { user: "root", roles: "admin", microversion: "3.38" });
    expect((await older.get(`limits?project_id=${project}`)).body).toMatchObject(own);
    const stranger = new Client(url, { microversion: "3.39" });
    expect((await stranger.get(`limits?project_id=${project}`)).body).toMatchObject(own);
  });
});
