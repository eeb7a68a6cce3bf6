import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("the query of a request, on %s", (_database, url) => {
  describe("a query parameter that must be a boolean", () => {
    it.each(["x", "", "2", "tru", " true"])("is rejected with 400 if it is %j", async (value) => {
      const [client, admin] = [new Client(url), new Admin(url)];
      const volume = await client.createVolume();
      const query = (name: string) => `${name}=${encodeURIComponent(value)}`;
      const said = (name: string) => `Value '${value}' for '${name}' is not a boolean.`;
      expect(messageOf(400, await client.get(`os-quota-sets/${client.project}?${query("usage")}`))).toBe(
        said("usage"),
      );
      expect(messageOf(400, await client.delete(`volumes/${volume}?${query("cascade")}`))).toBe(
        said("cascade"),
      );
      expect((await client.get(`volumes/${volume}`)).status).toBe(200);
      for (const path of ["volumes", "volumes/detail"]) {
        expect(messageOf(400, await admin.get(`${path}?${query("all_tenants")}`))).toBe(said("all_tenants"));
        // Cinder ignores the parameter of other users.
        expect((await client.get(`${path}?${query("all_tenants")}`)).status).toBe(200);
      }
    });

    it("is the last one if it is repeated", async () => {
      const client = new Client(url);
      const path = `os-quota-sets/${client.project}?usage=x&usage=`;
      expect((await client.get(`${path}true`)).body.quota_set.volumes).toMatchObject({ in_use: 0 });
      expect(messageOf(400, await client.get(`${path}y&usage=z`))).toBe(
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

  it("the last value of a repeated parameter counts, on every list", async () => {
    const owner = new Client(url);
    for (const name of ["a", "b"]) await owner.createSnapshot(await owner.createVolume({ name }), { name });
    for (const volume of (await owner.get("volumes")).body.volumes) await owner.createTransfer(volume.id);
    for (const path of [
      "volumes",
      "snapshots",
      "volume-transfers",
      "os-volume-transfer",
      "types",
      "events",
    ]) {
      const length = async (query: string) => {
        const items: unknown[] = Object.values((await owner.get(`${path}?${query}`)).body)[0];
        return items.length;
      };
      expect({ path, length: await length("limit=2&limit=1") }).toEqual({ path, length: 1 });
      expect({ path, length: await length("limit=1&limit=2") }).toEqual({ path, length: 2 });
    }
    const named = (await owner.get("volumes?name=a&name=b")).body.volumes;
    expect(named.map(({ name }) => name)).toEqual(["b"]);
  });
});
