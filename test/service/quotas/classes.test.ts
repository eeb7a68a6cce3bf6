import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";

// The default quotas apply to every project, so that these tests have a service of their own.
let services: ServiceOnBoth;
beforeAll(async () => {
  services = await startOnBoth({ AUTH_STRATEGY: "noauth" });
});
afterAll(() => services?.stop());

describe.each(DATABASES)("/v3/{project_id}/os-quota-class-sets/default, on %s", (database) => {
  const start = () => {
    const { url } = services[database];
    return { admin: new Admin(url), client: new Client(url) };
  };
  const update = (admin: Admin, quota_class_set: object) =>
    admin.send("PUT", "os-quota-class-sets/default", { quota_class_set });

  it("shows the default quotas of all projects, and of each type", async () => {
    const { admin } = start();
    const { status, body } = await admin.get("os-quota-class-sets/default");
    expect(status).toBe(200);
    expect(body).toEqual({
      quota_class_set: {
        ...{ id: "default", volumes: 10, gigabytes: 1000, snapshots: 10, per_volume_gigabytes: -1 },
        ...{ backups: 10, backup_gigabytes: 1000, groups: 10 },
        ...{ volumes___DEFAULT__: -1, gigabytes___DEFAULT__: -1, snapshots___DEFAULT__: -1 },
        ...{ volumes_LUKS: -1, gigabytes_LUKS: -1, snapshots_LUKS: -1 },
      },
    });
  });

  it("changes the quotas of the projects that have none of their own", async () => {
    const { admin, client } = start();
    const rich = new Client(client.url);
    await admin.setQuota(rich.project, { volumes: 3, volumes_LUKS: 2 });
    const { status, body } = await update(admin, { volumes: 2, volumes_LUKS: 1, per_volume_gigabytes: "5" });
    expect(status).toBe(200);
    const changed = { volumes: 2, volumes_LUKS: 1, per_volume_gigabytes: 5, snapshots: 10 };
    expect(body).toMatchObject({ quota_class_set: changed });
    for (const path of ["", "/defaults"]) {
      const shown = await client.get(`os-quota-sets/${client.project}${path}`);
      expect(shown.body.quota_set).toMatchObject(changed);
    }
    expect((await client.get("limits")).body).toMatchObject({ limits: { absolute: { maxTotalVolumes: 2 } } });

    const create = (as: Client, volume: object) => as.send("POST", "volumes", { volume });
    const statuses = async (as: Client) => [
      (await create(as, { size: 6 })).status,
      (await create(as, { size: 1, volume_type: "LUKS" })).status,
      (await create(as, { size: 1, volume_type: "LUKS" })).status,
      (await create(as, { size: 1 })).status,
      (await create(as, { size: 1 })).status,
    ];
    expect(await statuses(client)).toEqual([413, 202, 413, 202, 413]);
    expect(await statuses(rich)).toEqual([413, 202, 202, 202, 413]);

    await update(admin, { volumes: 10, volumes_LUKS: -1, per_volume_gigabytes: -1 });
    expect((await create(client, { size: 6, volume_type: "LUKS" })).status).toBe(202);
  });

  it("limits what a project may accept", async () => {
    const { admin, client } = start();
    const transfer = await client.createVolumeAndTransfer();
    await update(admin, { volumes: 0 });
    expect((await new Client(client.url).accept(transfer)).status).toBe(413);
    await update(admin, { volumes: 10 });
    expect((await new Client(client.url).accept(transfer)).status).toBe(202);
  });

  it.each([
    [{ cores: 1 }, /Bad key\(s\) in quota class set: cores/],
    [{ id: "default" }, /Bad key\(s\) in quota class set: id/],
    [{ volumes_none: 1 }, /Bad key\(s\) in quota class set: volumes_none/],
    [{ volumes: -2 }, /-2 is less than the minimum of -1/],
    [{ volumes: 2 ** 31 }, /2147483648 is greater than the maximum of 2147483647/],
    [{ volumes: "-1" }, /'-1' does not match '\^\[0-9\]\*\$'/],
    [{ volumes: "" }, /'' should be non-empty/],
    [{ volumes: null }, /None is not of type 'integer', 'string'/],
    [{ volumes_LUKS: true }, /True is not of type 'integer', 'string'/],
  ])("returns 400 for %j, and changes nothing", async (limits, message) => {
    const { admin } = start();
    const before = await admin.get("os-quota-class-sets/default");
    const { status, body } = await update(admin, limits);
    expect(status).toBe(400);
    expect(body.badRequest?.message).toMatch(message);
    expect((await admin.get("os-quota-class-sets/default")).body).toEqual(before.body);
  });

  it("takes texts of numbers", async () => {
    const { admin } = start();
    const { status, body } = await update(admin, { volumes: "12", snapshots_LUKS: "007" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ quota_class_set: { volumes: 12, snapshots_LUKS: 7 } });
    await update(admin, { volumes: 10, snapshots_LUKS: -1 });
  });

  it("takes no limits, and changes none", async () => {
    const { admin } = start();
    const { id: _, ...before } = Object(
      Reflect.get((await admin.get("os-quota-class-sets/default")).body, "quota_class_set"),
    );
    const { status, body } = await update(admin, {});
    expect(status).toBe(200);
    expect(body).toEqual({ quota_class_set: before });
  });

  it("returns 400 to an update of another class, which would have no effect", async () => {
    const { admin } = start();
    const response = await admin.send("PUT", "os-quota-class-sets/gold", { quota_class_set: { volumes: 1 } });
    expect(response.status).toBe(400);
    expect((await admin.get("os-quota-class-sets/gold")).body).toMatchObject({
      quota_class_set: { id: "gold", volumes: 10 },
    });
  });

  it("returns 403 to users who are no admins", async () => {
    const { client } = start();
    expect((await client.get("os-quota-class-sets/default")).status).toBe(403);
    const body = { quota_class_set: { volumes: 100 } };
    expect((await client.send("PUT", "os-quota-class-sets/default", body)).status).toBe(403);
  });
});
