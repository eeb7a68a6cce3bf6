import { describe, expect, it } from "vitest";
import { Admin, type Client } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)(
  "a response without a body has the type that it has in Cinder, on %s",
  (_database, url) => {
    const admin = new Admin(url);
    const JSON_TYPE = "application/json";
    const HTML = "text/html; charset=UTF-8";
    const expectEmpty = async (sent: ReturnType<Client["send"]>, type: string) => {
      const { status, headers, body } = await sent;
      expect(status === 200 || status === 202).toBe(true);
      expect(body).toEqual({});
      expect(headers.get("Content-Type")).toBe(type);
      expect(headers.has("x-compute-request-id")).toBe(type === JSON_TYPE);
    };

    it("actions of a volume", async () => {
      const id = await admin.createVolume();
      const act = (body: object) => admin.send("POST", `volumes/${id}/action`, body);
      await expectEmpty(act({ "os-set_bootable": { bootable: true } }), JSON_TYPE);
      await expectEmpty(act({ "os-update_readonly_flag": { readonly: true } }), JSON_TYPE);
      await expectEmpty(act({ "os-reserve": {} }), JSON_TYPE);
      await expectEmpty(act({ "os-unreserve": {} }), JSON_TYPE);
      await expectEmpty(act({ "os-extend": { new_size: 2 } }), JSON_TYPE);
      await expectEmpty(act({ "os-reset_status": { status: "error" } }), JSON_TYPE);
      await expectEmpty(act({ "os-force_delete": {} }), JSON_TYPE);
      const other = await admin.createVolume();
      await expectEmpty(admin.send("POST", `volumes/${other}/action`, { "os-unmanage": {} }), HTML);
    });

    it("actions of a snapshot", async () => {
      const id = await admin.createSnapshot(await admin.createVolume());
      const act = (body: object) => admin.send("POST", `snapshots/${id}/action`, body);
      await expectEmpty(act({ "os-reset_status": { status: "creating" } }), JSON_TYPE);
      await expectEmpty(act({ "os-update_snapshot_status": { status: "available" } }), HTML);
      await expectEmpty(act({ "os-force_delete": {} }), JSON_TYPE);
    });

    it("deletions, and the access to a type", async () => {
      const transfer = await admin.createVolumeAndTransfer();
      await expectEmpty(admin.delete(`volume-transfers/${transfer.id}`), HTML);
      await expectEmpty(admin.delete(`volumes/${transfer.volume_id}`), HTML);
      await expectEmpty(admin.delete(`os-quota-sets/${admin.project}`), JSON_TYPE);
      const made = await admin.send("POST", "types", {
        volume_type: {
          name: crypto.randomUUID(),
          extra_specs: { key: "value" },
          "os-volume-type-access:is_public": false,
        },
      });
      const { id } = Object(Reflect.get(made.body, "volume_type"));
      const project = admin.project;
      await expectEmpty(admin.send("POST", `types/${id}/action`, { addProjectAccess: { project } }), HTML);
      await expectEmpty(admin.send("POST", `types/${id}/action`, { removeProjectAccess: { project } }), HTML);
      await expectEmpty(admin.delete(`types/${id}/extra_specs/key`), JSON_TYPE);
      await expectEmpty(admin.delete(`types/${id}`), HTML);
    });
  },
);
