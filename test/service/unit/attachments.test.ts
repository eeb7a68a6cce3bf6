import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { ALICE, createVolume, post, request } from "./service.ts";

// A volume has attachments only if it was imported with them, which no request does.

const ADMIN = "root:alpha:admin";
let volume = "";
beforeEach(async () => {
  volume = await createVolume();
  await env.DB.prepare("update volumes set status = 'in-use', imported_fields = ? where id = ?")
    .bind(
      JSON.stringify({
        attachments: [{ server_id: "a" }],
        metadata: { attached_mode: "rw" },
        group_id: null,
        multiattach: true,
      }),
      volume,
    )
    .run();
});

const act = (action: object, token = ADMIN, microversion = 71) =>
  post(`/v3/volumes/${volume}/action`, action, token, {
    "OpenStack-API-Version": `volume 3.${microversion}`,
  });
const shown = async () => {
  const response = await request(`/v3/volumes/${volume}`, { headers: { "X-Auth-Token": ADMIN } });
  const body = await response.json<{ volume: { status: string; size: number } }>();
  return body.volume;
};
const messageOf400 = async (response: Response) => {
  expect(response.status).toBe(400);
  const { badRequest } = await response.json<{ badRequest: { message: string } }>();
  return badRequest.message;
};
const NOT_DELETABLE = /^Invalid volume: Volume .* must not be migrating, attached, /;

describe("a volume in use", () => {
  it("can be extended from 3.42 on", async () => {
    expect(await messageOf400(await act({ "os-extend": { new_size: 2 } }, ALICE, 41))).toBe(
      `Invalid volume: Volume ${volume} status must be '{'status': 'available'}' to extend, currently in-use.`,
    );
    expect((await act({ "os-extend": { new_size: 2 } }, ALICE, 42)).status).toBe(202);
    expect(await shown()).toMatchObject({ status: "in-use", size: 2 });
  });

  it("can be retyped", async () => {
    const type = { volume_type: { name: `type ${crypto.randomUUID()}` } };
    expect((await post("/v3/types", type, ADMIN)).status).toBe(200);
    expect((await act({ "os-retype": { new_type: type.volume_type.name } }, ALICE)).status).toBe(202);
    expect(await shown()).toMatchObject({ status: "in-use", volume_type: type.volume_type.name });
  });

  it("cannot be offered, reserved, deleted, also with force, or unmanaged", async () => {
    expect(await messageOf400(await post("/v3/volume-transfers", { transfer: { volume_id: volume } }))).toBe(
      "Invalid volume: status must be available",
    );
    expect(await messageOf400(await act({ "os-reserve": null }, ALICE))).toBe(
      "Invalid volume: Volume status must be available to reserve, but the status is in-use.",
    );
    const headers = { "X-Auth-Token": ADMIN };
    expect(await messageOf400(await request(`/v3/volumes/${volume}`, { method: "DELETE", headers }))).toMatch(
      NOT_DELETABLE,
    );
    expect(await messageOf400(await act({ "os-force_delete": {} }))).toMatch(NOT_DELETABLE);
    expect(await messageOf400(await act({ "os-unmanage": {} }))).toMatch(NOT_DELETABLE);
    expect(await shown()).toMatchObject({ status: "in-use" });
  });

  it("is in use again after a reservation for another attachment ends", async () => {
    expect((await act({ "os-reset_status": { status: "attaching" } })).status).toBe(202);
    expect((await act({ "os-unreserve": null }, ALICE)).status).toBe(202);
    expect(await shown()).toMatchObject({ status: "in-use" });
  });

  it("can be reset to in-use, until it is detached", async () => {
    expect((await act({ "os-reset_status": { status: "error" } })).status).toBe(202);
    expect((await act({ "os-reset_status": { status: "in-use" } })).status).toBe(202);
    expect(await shown()).toMatchObject({ metadata: { attached_mode: "rw" } });
    expect((await act({ "os-reset_status": { attach_status: "detached" } })).status).toBe(202);
    expect(await shown()).toMatchObject({ attachments: [], metadata: {}, multiattach: true });
    expect(await messageOf400(await act({ "os-reset_status": { status: "in-use" } }))).toBe(
      "Cannot reset-state to in-use because volume does not have any attachments.",
    );
    expect((await act({ "os-force_delete": {} })).status).toBe(202);
  });

  describe("a snapshot of it", () => {
    const create = (properties: object, microversion: number) =>
      post("/v3/snapshots", { snapshot: { volume_id: volume, ...properties } }, ALICE, {
        "OpenStack-API-Version": `volume 3.${microversion}`,
      });

    it("needs force before 3.66", async () => {
      expect(await messageOf400(await create({}, 65))).toBe(
        `Invalid volume: Volume ${volume} status must be available, but current status is: in-use.`,
      );
      expect(await messageOf400(await create({ force: false }, 65))).toMatch(/ status must be available/);
      expect((await create({ force: true }, 65)).status).toBe(202);
    });

    it("needs no force from 3.66 on, and may not decline it", async () => {
      expect((await create({}, 66)).status).toBe(202);
      expect((await create({ force: "true" }, 66)).status).toBe(202);
      expect(await messageOf400(await create({ force: false }, 66))).toMatch(
        /^Since microversion 3\.66 the 'force' flag is/,
      );
      await act({ "os-reset_status": { status: "uploading" } });
      expect(await messageOf400(await create({}, 66))).toBe(
        `Invalid volume: Volume ${volume} status must be available, in-use, but current status is: uploading.`,
      );
    });
  });

  it("can be listed by multiattach", async () => {
    const listed = async (filter: string) => {
      const response = await request(`/v3/volumes?${filter}`, { headers: { "X-Auth-Token": ADMIN } });
      const { volumes } = await response.json<{ volumes: { id: string }[] }>();
      return volumes.map(({ id }) => id);
    };
    expect(await listed("multiattach=true")).toContain(volume);
    expect(await listed("multiattach=false")).not.toContain(volume);
  });

  it("can be the source of another volume", async () => {
    const response = await post("/v3/volumes", { volume: { source_volid: volume } });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      volume: { status: "available", size: 1, source_volid: volume, attachments: [] },
    });
  });
});
