import { describe, expect, it } from "vitest";
import { Admin, Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("on %s", (_database, url) => {
  const message = async (client: Client, method: string, path: string, body?: unknown) => {
    const response = await client.send(method, path, body);
    expect(response.status).toBe(400);
    return response.body.badRequest?.message;
  };

  describe("a query parameter that must be a boolean", () => {
    it.each(["x", "", "2", "tru", " true"])("is rejected with 400 if it is %j", async (value) => {
      const [client, admin] = [new Client(url), new Admin(url)];
      const volume = await client.createVolume();
      const query = (name: string) => `${name}=${encodeURIComponent(value)}`;
      const said = (name: string) => `Value '${value}' for '${name}' is not a boolean.`;
      expect(await message(client, "GET", `os-quota-sets/${client.project}?${query("usage")}`)).toBe(
        said("usage"),
      );
      expect(await message(client, "DELETE", `volumes/${volume}?${query("cascade")}`)).toBe(said("cascade"));
      expect((await client.get(`volumes/${volume}`)).status).toBe(200);
      for (const path of ["volumes", "volumes/detail"]) {
        expect(await message(admin, "GET", `${path}?${query("all_tenants")}`)).toBe(said("all_tenants"));
        // Cinder ignores the parameter of other users.
        expect((await client.get(`${path}?${query("all_tenants")}`)).status).toBe(200);
      }
    });

    it("is the last one if it is repeated", async () => {
      const client = new Client(url);
      const path = `os-quota-sets/${client.project}?usage=x&usage=`;
      expect((await client.get(`${path}true`)).body.quota_set.volumes).toMatchObject({ in_use: 0 });
      expect(await message(client, "GET", `${path}y&usage=z`)).toBe(
        "Value 'z' for 'usage' is not a boolean.",
      );
    });

    it("is true or false in every spelling that OpenStack knows", async () => {
      const client = new Client(url);
      const path = `os-quota-sets/${client.project}`;
      for (const yes of ["1", "t", "TRUE", "On", "y", "yes"]) {
        expect((await client.get(`${path}?usage=${yes}`)).body.quota_set.volumes).toMatchObject({
          in_use: 0,
        });
      }
      for (const no of ["0", "f", "False", "off", "N", "no"]) {
        expect((await client.get(`${path}?usage=${no}`)).body.quota_set.volumes).toBeTypeOf("number");
      }
    });
  });

  it("a quota must be a number, and only per_volume_gigabytes may be its text", async () => {
    const admin = new Admin(url);
    const { project } = new Client(url);
    const path = `os-quota-sets/${project}`;
    for (const name of ["volumes", "gigabytes", "snapshots", "backups", "groups", "volumes_LUKS"]) {
      for (const value of ["5", "-1", " 5 ", "five", null, true, 1.5, []]) {
        expect(await message(admin, "PUT", path, { quota_set: { [name]: value } })).toBe(
          `${name} must be an integer`,
        );
      }
    }
    const { body } = await admin.send("PUT", path, { quota_set: { per_volume_gigabytes: "7", volumes: 5 } });
    expect(body.quota_set).toMatchObject({ per_volume_gigabytes: 7, volumes: 5 });
  });

  describe("an update of a volume without changes", () => {
    it("returns the volume as it is before 3.53", async () => {
      const client = new Client(url, { microversion: "3.52" });
      const id = await client.createVolume({ name: "n", metadata: { a: "1" } });
      const { updated_at } = Object((await client.get(`volumes/${id}`)).body.volume);
      const { status, body } = await client.send("PUT", `volumes/${id}`, { volume: {} });
      expect(status).toBe(200);
      expect(body.volume).toMatchObject({ id, name: "n", metadata: { a: "1" }, updated_at });
      expect(
        (await new Client(url, { microversion: "3.52" }).send("PUT", `volumes/${id}`, { volume: {} })).status,
      ).toBe(404);
      expect(await message(client, "PUT", `volumes/${id}`, { volume: { size: 2 } })).toMatch(
        /'size' was unexpected/,
      );
    });

    it("is rejected with 400 from 3.53 on", async () => {
      const client = new Client(url, { microversion: "3.53" });
      const id = await client.createVolume();
      expect(await message(client, "PUT", `volumes/${id}`, { volume: {} })).toBe(
        "Invalid input for field/attribute volume. Value: {}. {} is not valid under any of the given schemas",
      );
    });
  });
});
