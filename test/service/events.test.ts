import { describe, expect, it } from "vitest";
import { Admin, Client, type ServiceResponse } from "../support/client.ts";
import { createExpiredTransfer } from "../support/expired_transfers.ts";
import { eventsOf, readFeed } from "../support/feed.ts";
import { DATABASES } from "./databases.ts";

const requestIdOf = ({ headers }: ServiceResponse) => headers.get("x-openstack-request-id");
const namesOf = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type.replace("org.openstack.", ""));

describe.each(DATABASES)("events, on %s", (_database, url, runCron) => {
  const createClients = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });

  it("tell of each change, once and in order", async () => {
    const { donor, acceptor } = createClients();
    const volume = await donor.createVolume();
    const first = (await donor.createTransfer(volume)).body.transfer;
    await donor.delete(`volume-transfers/${first.id}`);
    const second = (await donor.createTransfer(volume)).body.transfer;
    await acceptor.accept(second);
    await acceptor.delete(`volumes/${volume}`);
    expect(namesOf(await readFeed(donor))).toEqual([
      "volume.created",
      "volume_transfer.created",
      "volume_transfer.deleted",
      "volume_transfer.created",
      "volume_transfer.accepted",
    ]);
    expect(namesOf(await readFeed(acceptor))).toEqual(["volume_transfer.accepted", "volume.deleted"]);
  });

  it("are CloudEvents that name the transfer, the volume, both projects and the request", async () => {
    const { donor, acceptor } = createClients();
    const volume = await donor.createVolume({ name: "database", size: 3 });
    const snapshots = [await donor.createSnapshot(volume), await donor.createSnapshot(volume)];
    const { transfer } = (await donor.createTransfer(volume, { name: "handoff" })).body;
    const global = `req-${crypto.randomUUID()}`;
    const accepted = await acceptor.send(
      "POST",
      `volume-transfers/${transfer.id}/accept`,
      { accept: { auth_key: transfer.auth_key } },
      { "X-OpenStack-Request-ID": global },
    );
    const [event] = await readFeed(acceptor);
    expect(event).toEqual({
      specversion: "1.0",
      id: expect.stringMatching(/^\d+-[0-9a-f]{16}$/),
      source: "urn:volume-transfers",
      type: "org.openstack.volume_transfer.accepted",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      subject: volume,
      datacontenttype: "application/json",
      data: {
        transfer: {
          id: transfer.id,
          name: "handoff",
          no_snapshots: false,
          created_at: expect.any(String),
          expires_at: null,
        },
        volume: { id: volume, name: "database", size: 3, volume_type: "__DEFAULT__" },
        snapshot_ids: expect.arrayContaining(snapshots),
        source_project_id: donor.project,
        destination_project_id: acceptor.project,
        initiator: { user_id: "bob", project_id: acceptor.project },
        request_id: requestIdOf(accepted),
        global_request_id: global,
      },
    });
    expect(event?.data.snapshot_ids).toHaveLength(2);
  });

  it("name no snapshots that stay with the source project", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer({ no_snapshots: true }, 1);
    await acceptor.accept(transfer);
    expect((await readFeed(acceptor))[0]?.data).toMatchObject({
      transfer: { no_snapshots: true },
      snapshot_ids: [],
    });
  });

  it("show where a volume is stored to admins alone, and neither to readers nor to the receiving project", async () => {
    const { donor, acceptor } = createClients();
    const admin = new Admin(url);
    const host = `${crypto.randomUUID()}@lvm#pool`;
    const managed = { host, ref: { "source-name": "lun-1", size: 1 }, name: "legacy" };
    const manager = new Client(url, { project: donor.project, user: "root", roles: "admin" });
    const { volume } = (await manager.send("POST", "os-volume-manage", { volume: managed })).body;
    const { transfer } = (await donor.createTransfer(volume.id)).body;
    expect((await acceptor.accept(transfer)).status).toBe(202);
    const reader = new Client(url, { project: acceptor.project, user: "eve", roles: "reader" });
    for (const client of [donor, acceptor, reader]) {
      const shown = (await readFeed(client)).map(({ data }) => data.volume);
      expect(shown.length).toBeGreaterThan(0);
      for (const each of shown) {
        expect(each).toEqual({ id: volume.id, name: "legacy", size: 1, volume_type: "__DEFAULT__" });
      }
    }
    const all = eventsOf(await admin.get(`events?all_tenants=1&volume_id=${volume.id}`)).events;
    expect(all).toHaveLength(3);
    for (const { data } of all) {
      expect(data.volume).toMatchObject({ host, managed_reference: { "source-name": "lun-1" } });
    }
  });

  it("show the user and the ids of a request to the project that sent it, and not to the other one", async () => {
    const { donor, acceptor } = createClients();
    const global_request_id = `req-${crypto.randomUUID()}`;
    const transfer = await donor.createVolumeAndTransfer();
    const accepted = await acceptor.send(
      "POST",
      `volume-transfers/${transfer.id}/accept`,
      { accept: { auth_key: transfer.auth_key } },
      { "X-OpenStack-Request-ID": global_request_id },
    );
    const originOf = async (client: Client, query = "") => {
      const { events } = eventsOf(await client.get(`events?volume_id=${transfer.volume_id}${query}`));
      const { initiator, request_id, global_request_id } = events.at(-1)?.data ?? {};
      return { initiator, request_id, global_request_id };
    };
    const shown = {
      initiator: { user_id: "bob", project_id: acceptor.project },
      request_id: requestIdOf(accepted),
      global_request_id,
    };
    expect(await originOf(acceptor)).toEqual(shown);
    expect(await originOf(new Admin(url), "&all_tenants=1")).toEqual(shown);
    const hidden = { initiator: null, request_id: null, global_request_id: null };
    expect(await originOf(donor)).toEqual(hidden);
    // An admin who deletes the volume of another project.
    await new Admin(url).delete(`volumes/${transfer.volume_id}`);
    expect(await originOf(acceptor)).toEqual(hidden);
  });

  it("contain no control characters, which Cinder allows in names and PostgreSQL cannot store", async () => {
    const { donor } = createClients();
    const name = "a\0b\x07c\x1b[31m\n\x7f\x85d é💾";
    const volume_id = await donor.createVolume({ name });
    expect((await donor.createTransfer(volume_id, { name })).status).toBe(202);
    expect((await donor.get(`volumes/${volume_id}`)).body.volume.name).toBe(name);
    const clean = "abc[31md é💾";
    const [created, offered] = await readFeed(donor);
    expect(created?.data).toMatchObject({ volume: { name: clean } });
    expect(offered?.data).toMatchObject({ volume: { name: clean }, transfer: { name: clean } });
  });

  it("contain neither the auth_key nor its HMAC", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    await acceptor.accept(transfer);
    const text = JSON.stringify([await readFeed(donor), await readFeed(acceptor)]);
    expect(text).not.toContain(transfer.auth_key);
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  });

  it("are not written by a refused request", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    const before = await readFeed(donor);
    expect((await donor.createTransfer(transfer.volume_id)).status).toBe(400);
    expect((await acceptor.accept({ ...transfer, auth_key: "0000000000000000" })).status).toBe(400);
    expect((await acceptor.delete(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect((await donor.delete(`volumes/${transfer.volume_id}`)).status).toBe(400);
    await new Admin(url).setQuota(acceptor.project, { volumes: 0 });
    expect((await acceptor.accept(transfer)).status).toBe(413);
    expect((await acceptor.send("POST", "volumes", { volume: { size: 1 } })).status).toBe(413);
    expect(await readFeed(donor)).toEqual(before);
    expect(await readFeed(acceptor)).toEqual([]);
  });

  it("are written once for a create that is repeated with its Idempotency-Key", async () => {
    const { donor } = createClients();
    const volume_id = await donor.createVolume();
    for (const repeated of [false, true]) {
      const key = { "Idempotency-Key": "once" };
      const { status } = await donor.send("POST", "volume-transfers", { transfer: { volume_id } }, key);
      expect({ repeated, status }).toEqual({ repeated, status: 202 });
    }
    expect(namesOf(await readFeed(donor))).toEqual(["volume.created", "volume_transfer.created"]);
  });

  it("tell of a transfer that has expired when the cron trigger closes it", async () => {
    const { donor } = createClients();
    const transfer = await createExpiredTransfer(donor);
    await runCron();
    const events = await readFeed(donor);
    expect(namesOf(events)).toEqual(["volume.created", "volume_transfer.created", "volume_transfer.expired"]);
    expect(events[2]?.data).toMatchObject({
      transfer: { id: transfer.id },
      initiator: null,
      request_id: null,
    });
    await runCron();
    expect(await readFeed(donor)).toEqual(events);
  });

  it("tell of a transfer that has expired when the next one of its volume is created", async () => {
    const { donor } = createClients();
    await createExpiredTransfer(donor);
    const { volumes } = (await donor.get("volumes")).body;
    await donor.createTransfer(volumes[0]?.id ?? "");
    // The cron trigger may have been faster, but there is one event for each transfer.
    expect(namesOf(await readFeed(donor))).toEqual([
      "volume.created",
      "volume_transfer.created",
      "volume_transfer.expired",
      "volume_transfer.created",
    ]);
  });

  it("tell of the transfer of a volume that an admin reset and its owner deleted", async () => {
    const { donor } = createClients();
    const { volume_id } = await donor.createVolumeAndTransfer();
    await new Admin(url).resetStatus("volumes", volume_id, "error");
    await donor.delete(`volumes/${volume_id}`);
    expect(namesOf(await readFeed(donor)).slice(2)).toEqual(["volume_transfer.deleted", "volume.deleted"]);
  });

  describe("in pages", () => {
    it("follow one another by events_links, each event once", async () => {
      const { donor } = createClients();
      for (let i = 0; i < 7; i++) await donor.createVolume();
      const all = await readFeed(donor);
      expect(all).toHaveLength(7);
      const pages: string[][] = [];
      for (let path: string | undefined = "events?limit=3"; path !== undefined; ) {
        const { events, events_links } = eventsOf(await donor.get(path));
        pages.push(events.map(({ id }) => id));
        const next: string | undefined = events_links?.[0]?.href;
        path = next?.slice(next.indexOf("/v3/"));
      }
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
      expect(pages.flat()).toEqual(all.map(({ id }) => id));
    });

    it("contain only the events of a type or of a volume, if the query has one", async () => {
      const { donor } = createClients();
      const { volume_id } = await donor.createVolumeAndTransfer();
      const other = await donor.createVolumeAndTransfer();
      const page = async (query: string) => namesOf(eventsOf(await donor.get(`events?${query}`)).events);
      expect(await page("type=org.openstack.volume_transfer.created")).toEqual([
        "volume_transfer.created",
        "volume_transfer.created",
      ]);
      expect(await page("type=volume_transfer.created")).toEqual([]);
      expect(await page(`volume_id=${volume_id}`)).toEqual(["volume.created", "volume_transfer.created"]);
      expect(await page(`volume_id=${other.volume_id}&type=org.openstack.volume.created`)).toEqual([
        "volume.created",
      ]);
    });

    it("get 400 for a misspelt parameter, which would list everything", async () => {
      const { donor } = createClients();
      for (const query of ["volumeid=1", "types=x", "limit=1&Type=x", "offset=1"]) {
        const { status, body } = await donor.get(`events?${query}`);
        expect(status).toBe(400);
        expect(body.badRequest?.message).toMatch(/^Invalid filters \w+ are found in query options\.$/);
      }
    });

    it("do not show the events of other projects, not even as a marker", async () => {
      const { donor, acceptor } = createClients();
      const { volume_id } = await donor.createVolumeAndTransfer({ destination_project_id: acceptor.project });
      const [event] = await readFeed(donor);
      expect(await readFeed(acceptor)).toEqual([]);
      expect(eventsOf(await acceptor.get(`events?volume_id=${volume_id}`)).events).toEqual([]);
      expect((await acceptor.get(`events?marker=${event?.id}`)).status).toBe(404);
      expect((await acceptor.get("events?all_tenants=1")).body).toEqual({ events: [] });
    });

    it("show an admin the events of all projects with all_tenants", async () => {
      const { donor } = createClients();
      const { volume_id } = await donor.createVolumeAndTransfer();
      const admin = new Admin(url);
      const page = (query: string) => admin.get(`events?volume_id=${volume_id}${query}`);
      expect(eventsOf(await page("")).events).toEqual([]);
      const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
      expect(idsOf(eventsOf(await page("&all_tenants=1")).events)).toEqual(idsOf(await readFeed(donor)));
    });

    it.each(["x", "0-0000000000000000", "999999999-0000000000000000", "1"])(
      "return 404 for the marker %s",
      async (marker) => {
        const { donor } = createClients();
        await donor.createVolume();
        expect((await donor.get(`events?marker=${marker}`)).status).toBe(404);
      },
    );
  });
});
