import { describe, expect, it } from "vitest";
import { Admin, Client, type Transfer, WRONG_KEY } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

/** The default of MAX_ACCEPT_ATTEMPTS. */
const ATTEMPTS = 10;

describe.each(DATABASES)("POST /v3/{project_id}/volume-transfers/{id}/preview, on %s", (_database, url) => {
  const admin = new Admin(url);
  const preview = (client: Client, { id, auth_key }: Pick<Transfer, "id" | "auth_key">) =>
    client.send("POST", `volume-transfers/${id}/preview`, { preview: { auth_key } });

  it("shows what an accept would move, and moves nothing", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const volume = await donor.createVolume({ name: "web", description: "the shop", size: 3 });
    await donor.createSnapshot(volume);
    const end = { expires_at: "2999-01-01T00:00:00Z" };
    const { transfer } = (await donor.createTransfer(volume, { name: "handoff", ...end })).body;

    const { status, headers, body } = await preview(acceptor, transfer);
    expect(status).toBe(200);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(body).toEqual({
      preview: {
        id: transfer.id,
        name: "handoff",
        created_at: expect.any(String),
        expires_at: "2999-01-01T00:00:00.000000",
        source_project_id: donor.project,
        destination_project_id: acceptor.project,
        no_snapshots: false,
        volume: { id: volume, name: "web", description: "the shop", size: 3, volume_type: "__DEFAULT__" },
        snapshots: { count: 1, gigabytes: 3 },
        exceeded_quota: null,
      },
    });
    expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("awaiting-transfer");
    expect(await acceptor.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it("counts no snapshots that stay with the source project, and shows no end if there is none", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({ no_snapshots: true }, 2);
    expect((await preview(acceptor, transfer)).body).toMatchObject({
      preview: { no_snapshots: true, snapshots: { count: 0, gigabytes: 0 }, expires_at: null },
    });
  });

  it.each([
    [{ volumes: 0 }, "volumes", "Maximum number of volumes allowed (0) exceeded for quota 'volumes'."],
    [{ gigabytes: 1 }, "gigabytes", "Requested 1G, quota is 1G and 1G has been consumed."],
    [{ snapshots: 0 }, "snapshots", "Maximum number of snapshots allowed (0) exceeded"],
    [{ per_volume_gigabytes: 0 }, "per_volume_gigabytes", "larger than maximum allowed limit 0G."],
    [{ volumes___DEFAULT__: 0 }, "volumes___DEFAULT__", "exceeded for quota 'volumes___DEFAULT__'."],
  ])("names the limit that the accept would exceed: %j", async (limits, name, message) => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({}, 1);
    await admin.setQuota(acceptor.project, limits);
    expect((await preview(acceptor, transfer)).body).toMatchObject({
      preview: { exceeded_quota: { name, message: expect.stringContaining(message) } },
    });
    expect((await acceptor.accept(transfer)).status).toBe(413);
  });

  it("shows a project without quota that it can take back its own volume", async () => {
    const donor = new Client(url);
    const transfer = await donor.createVolumeAndTransfer();
    await admin.setQuota(donor.project, { volumes: 1 });
    expect((await preview(donor, transfer)).body).toMatchObject({ preview: { exceeded_quota: null } });
  });

  it("answers a wrong key, a closed transfer and a volume that cannot move as an accept does", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({}, 1);
    const differences = async (key: Pick<Transfer, "id" | "auth_key">) => {
      const [seen, accepted] = [await preview(acceptor, key), await acceptor.accept(key)];
      expect(seen.status).toBeGreaterThanOrEqual(400);
      expect([seen.status, seen.body]).toEqual([accepted.status, accepted.body]);
    };
    await differences({ ...transfer, auth_key: WRONG_KEY });
    await admin.resetStatus("volumes", transfer.volume_id, "maintenance");
    await differences(transfer);
    await admin.resetStatus("volumes", transfer.volume_id, "error");
    await differences(transfer);
    await admin.resetStatus("volumes", transfer.volume_id, "awaiting-transfer");
    const [snapshot] = (await donor.get(`snapshots?volume_id=${transfer.volume_id}`)).body.snapshots;
    await admin.resetStatus("snapshots", snapshot?.id ?? "", "error");
    await differences(transfer);
    await donor.delete(`volume-transfers/${transfer.id}`);
    await differences(transfer);
  });

  it("answers another project than the recipient as it answers a wrong key", async () => {
    const [donor, recipient, other] = [new Client(url), new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({ destination_project_id: recipient.project });
    const refused = await preview(other, transfer);
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual((await preview(recipient, { ...transfer, auth_key: WRONG_KEY })).body);
    expect((await preview(recipient, transfer)).status).toBe(200);
  });

  it("counts wrong keys together with those of accepts, however many are concurrent", async () => {
    const [donor, guesser] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer();
    const wrong = { ...transfer, auth_key: WRONG_KEY };
    await Promise.all(
      Array.from({ length: ATTEMPTS - 1 }, (_, n) =>
        n % 2 === 0 ? preview(guesser, wrong) : guesser.accept(wrong),
      ),
    );
    expect((await preview(guesser, transfer)).status).toBe(200);
    const last = await preview(guesser, wrong);
    const right = await preview(guesser, transfer);
    expect([right.status, right.body]).toEqual([400, last.body]);
    expect((await guesser.accept(transfer)).status).toBe(400);
    expect((await preview(new Client(url), transfer)).status).toBe(200);
  });

  it("is the same at every microversion and under the older path", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url, { microversion: "" })];
    const transfer = await donor.createVolumeAndTransfer();
    const first = await preview(acceptor, transfer);
    const older = await acceptor.send("POST", `os-volume-transfer/${transfer.id}/preview`, {
      preview: { auth_key: transfer.auth_key },
    });
    expect([older.status, older.body]).toEqual([200, first.body]);
  });
});
