import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("multiattach of a volume on %s", (_database, url) => {
  const client = new Client(url);
  const admin = new Admin(url);

  /** Creates a volume type, and returns its name. */
  async function createType(multiattach: string): Promise<string> {
    const name = `multiattach ${crypto.randomUUID()}`;
    const volume_type = { name, extra_specs: { multiattach } };
    expect((await admin.send("POST", "types", { volume_type })).status).toBe(200);
    return name;
  }
  const shown = async (id: string) => (await client.get(`volumes/${id}`)).body.volume;

  it.each([true, "true", "yes", "1"])("cannot be asked for in a create: %j", async (multiattach) => {
    const { status, body } = await client.send("POST", "volumes", { volume: { size: 1, multiattach } });
    expect(status).toBe(400);
    expect(body.badRequest?.message).toBe(
      "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. " +
        "Contact your administrator to create a multiattach enabled volume type and use it to create multiattach volumes.",
    );
  });

  it.each([
    [null, "Value 'None' for 'multiattach' is not a boolean."],
    [
      1,
      "Invalid input for field/attribute multiattach. Value: 1. 1 is not valid under any of the given schemas",
    ],
    [
      "Y",
      "Invalid input for field/attribute multiattach. Value: Y. 'Y' is not valid under any of the given schemas",
    ],
  ])("cannot be %j in a create", async (multiattach, message) => {
    const { status, body } = await client.send("POST", "volumes", { volume: { size: 1, multiattach } });
    expect(status).toBe(400);
    expect(body.badRequest?.message).toBe(message);
  });

  it.each([false, "false"])("can be declined in a create: %j", async (multiattach) => {
    expect(await shown(await client.createVolume({ multiattach }))).toMatchObject({ multiattach: false });
  });

  it.each([
    ["<is> True", true],
    ["<is> False", false],
    ["True", false],
    ["", false],
  ])("is that of the type: %j", async (spec, multiattach) => {
    const volume_type = await createType(spec);
    const { body } = await client.send("POST", "volumes", { volume: { size: 1, volume_type } });
    expect(body.volume).toMatchObject({ multiattach });
    expect(await shown(body.volume.id)).toMatchObject({ multiattach });
    const listed = (await admin.get(`volumes?all_tenants=1&multiattach=${multiattach}`)).body.volumes;
    expect(listed.map(({ id }) => id)).toContain(body.volume.id);
    const others = (await admin.get(`volumes?all_tenants=1&multiattach=${!multiattach}`)).body.volumes;
    expect(others.map(({ id }) => id)).not.toContain(body.volume.id);
  });

  it("changes with the type, and moves with the volume", async () => {
    const owner = new Client(url);
    const id = await owner.createVolume();
    const retype = (new_type: string) =>
      owner.send("POST", `volumes/${id}/action`, { "os-retype": { new_type, migration_policy: "never" } });
    expect((await retype(await createType("<is> True"))).status).toBe(202);
    const transfer = (await owner.createTransfer(id)).body.transfer;
    expect((await client.accept(transfer)).status).toBe(202);
    expect(await shown(id)).toMatchObject({ multiattach: true });
  });
});
