import { beforeEach, describe, expect, it } from "vitest";
import { Client, type ServiceResponse, type Transfer } from "../../support/client.ts";
import { member } from "../../support/member.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";
import { setUpTypes } from "./setup.ts";

describe.each(DATABASES)("a volume of a private type, on %s", (_database, url) => {
  const { admin } = setUpTypes(url);
  let donor: Client;
  let acceptor: Client;
  let type = "";
  let volume = "";

  const act = (path: string, action: object, as: Client = admin) => as.send("POST", `${path}/action`, action);
  const allow = ({ project }: Client) => act(`types/${type}`, { addProjectAccess: { project } });
  const forbid = ({ project }: Client) => act(`types/${type}`, { removeProjectAccess: { project } });
  const preview = (client: Client, { id, auth_key }: Transfer) =>
    client.send("POST", `volume-transfers/${id}/preview`, { preview: { auth_key } });
  const offer = async () => (await donor.createTransfer(volume)).body.transfer;
  const volumeOf = async (client: Client) => (await client.get(`volumes/${volume}`)).body.volume;
  const expectTypeNotFound = ({ status, body }: ServiceResponse) => {
    expect(body.itemNotFound?.message).toBe(`Volume type ${type} could not be found.`);
    expect(status).toBe(404);
  };

  beforeEach(async () => {
    [donor, acceptor] = [new Client(url), new Client(url, { user: "bob" })];
    const { create } = setUpTypes(url);
    type = await create({ "os-volume-type-access:is_public": false });
    await allow(donor);
    volume = await donor.createVolume({ volume_type: type });
  });

  it("stays offered if a project without access to the type accepts it, until the project has access", async () => {
    const transfer = await offer();
    for (let tries = 0; tries < 12; tries++) expectTypeNotFound(await acceptor.accept(transfer));
    expectTypeNotFound(await preview(acceptor, transfer));
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(200);
    expect((await volumeOf(donor)).status).toBe("awaiting-transfer");

    await allow(acceptor);
    expect((await preview(acceptor, transfer)).status).toBe(200);
    expect((await acceptor.accept(transfer)).status).toBe(202);
    expect(await volumeOf(acceptor)).toMatchObject({ status: "available", volume_type_id: type });
  });

  it("is refused alike if the type has become private since the offer", async () => {
    await act(`volumes/${volume}`, { "os-retype": { new_type: "__DEFAULT__" } });
    const open = await setUpTypes(url).create();
    expect((await act(`volumes/${volume}`, { "os-retype": { new_type: open } })).status).toBe(202);
    const transfer = await offer();
    expect((await preview(acceptor, transfer)).status).toBe(200);
    type = open;
    const change = (is_public: boolean) => admin.send("PUT", `types/${type}`, { volume_type: { is_public } });
    expect((await change(false)).status).toBe(200);
    expectTypeNotFound(await preview(acceptor, transfer));
    expectTypeNotFound(await acceptor.accept(transfer));
    expect((await change(true)).status).toBe(200);
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it("is refused to its own project, too, once that has no access, but not to an admin", async () => {
    const transfer = await offer();
    await forbid(donor);
    expectTypeNotFound(await donor.accept(transfer));
    expect((await admin.accept(transfer)).status).toBe(202);
    expect((await volumeOf(admin)).status).toBe("available");
  });

  it("refuses a wrong key first, then a size beyond the limit, the type, the quota, and the status", async () => {
    const transfer = await offer();
    await admin.resetStatus("volumes", volume, "error");
    await admin.setQuota(acceptor.project, { volumes: 0, per_volume_gigabytes: 0 });
    expect(messageOf(400, await acceptor.accept({ ...transfer, auth_key: "0".repeat(16) }))).toMatch(
      /invalid auth key/,
    );
    const tooLarge = await acceptor.accept(transfer);
    expect(tooLarge.status).toBe(413);
    expect(tooLarge.body.overLimit?.message).toBe(
      "VolumeSizeExceedsLimit: Requested volume size 1G is larger than maximum allowed limit 0G.",
    );
    await admin.setQuota(acceptor.project, { per_volume_gigabytes: -1 });
    expectTypeNotFound(await acceptor.accept(transfer));
    await allow(acceptor);
    const overQuota = await acceptor.accept(transfer);
    expect(overQuota.body.overLimit?.message).toMatch(/^VolumeLimitExceeded/);
    await admin.setQuota(acceptor.project, { volumes: -1 });
    expect(messageOf(400, await acceptor.accept(transfer))).toMatch(/expected in awaiting-transfer state/);
  });

  it("takes no snapshot, no copy and no GiB from an owner who has lost access to the type", async () => {
    const snapshot = await donor.createSnapshot(volume);
    await forbid(donor);
    const create = (source: object) => donor.send("POST", "volumes", { volume: source });
    const inUse = async () => {
      const { quota_set } = (await donor.get(`os-quota-sets/${donor.project}?usage=True`)).body;
      return [quota_set.volumes?.in_use, quota_set.gigabytes?.in_use, quota_set.snapshots?.in_use];
    };
    expectTypeNotFound(await donor.send("POST", "snapshots", { snapshot: { volume_id: volume } }));
    expectTypeNotFound(await create({ source_volid: volume }));
    expectTypeNotFound(await create({ snapshot_id: snapshot }));
    expectTypeNotFound(await act(`volumes/${volume}`, { "os-extend": { new_size: 2 } }, donor));
    expect(await inUse()).toEqual([1, 2, 1]);

    await admin.setQuota(donor.project, { per_volume_gigabytes: 1 });
    expect((await act(`volumes/${volume}`, { "os-extend": { new_size: 2 } }, donor)).status).toBe(413);
    await admin.setQuota(donor.project, { per_volume_gigabytes: -1 });
    expect((await act(`volumes/${volume}`, { "os-extend": { new_size: 2 } })).status).toBe(202);
    await admin.createSnapshot(volume);
    await allow(donor);
    await donor.createSnapshot(volume);
    const copy = await create({ source_volid: volume });
    expect(member(copy.body.volume, "volume_type")).toBe(member(await volumeOf(donor), "volume_type"));
  });

  it("can be left, shown, renamed, offered and deleted by an owner who has lost access", async () => {
    await forbid(donor);
    expect((await donor.send("PUT", `volumes/${volume}`, { volume: { name: "n" } })).status).toBe(200);
    const transfer = await offer();
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
    expect((await act(`volumes/${volume}`, { "os-retype": { new_type: "__DEFAULT__" } }, donor)).status).toBe(
      202,
    );
    expect((await donor.delete(`volumes/${volume}`)).status).toBe(202);
  });
});
