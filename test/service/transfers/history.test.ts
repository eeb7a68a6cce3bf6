import { describe, expect, it } from "vitest";
import { Admin, type Body, Client, type Transfer } from "../../support/client.ts";
import { createExpiredTransfer } from "../../support/expired_transfers.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("the history of transfers, on %s", (_database, url, runCron) => {
  const createClients = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });
  const history = async (client: Client, query = "") => {
    const { status, body } = await client.get(`volume-transfers/history${query}`);
    expect(status).toBe(200);
    return body.transfers;
  };
  const ids = (transfers: readonly Transfer[]) => transfers.map(({ id }) => id);

  async function expire(donor: Client): Promise<Transfer> {
    const transfer = await createExpiredTransfer(donor);
    await runCron();
    return transfer;
  }

  it("contains accepted, deleted and expired transfers with both projects and both times, but no open one", async () => {
    const { donor, acceptor } = createClients();
    const deleted = await donor.createVolumeAndTransfer({
      name: "withdrawn",
      no_snapshots: true,
    });
    await donor.delete(`volume-transfers/${deleted.id}`);
    const accepted = await donor.createVolumeAndTransfer();
    await acceptor.accept(accepted);
    const expired = await expire(donor);
    await donor.createVolumeAndTransfer();

    expect(await history(donor)).toEqual([
      expect.objectContaining({ id: expired.id, status: "expired", destination_project_id: null }),
      expect.objectContaining({ id: accepted.id, status: "accepted" }),
      {
        id: deleted.id,
        volume_id: deleted.volume_id,
        volume_name: null,
        name: "withdrawn",
        no_snapshots: true,
        status: "deleted",
        ended_as: "withdrawn",
        decline_reason: null,
        first_preview: null,
        last_preview: null,
        source_project_id: donor.project,
        destination_project_id: null,
        created_at: expect.stringMatching(/^\d{4}-/),
        closed_at: expect.stringMatching(/^\d{4}-/),
      },
    ]);
    const [received] = await history(acceptor);
    expect(received).toMatchObject({
      id: accepted.id,
      source_project_id: donor.project,
      destination_project_id: acceptor.project,
    });
    expect(await history(acceptor)).toHaveLength(1);
    expect(await history(new Client(url))).toEqual([]);
  });

  it("does not show a transfer to the project that it was bound to, unless that project accepted it", async () => {
    const { donor, acceptor } = createClients();
    const bound = await donor.createVolumeAndTransfer({ destination_project_id: acceptor.project });
    await donor.delete(`volume-transfers/${bound.id}`);
    expect(await history(acceptor)).toEqual([]);
    expect(await history(acceptor, `?volume_id=${bound.volume_id}`)).toEqual([]);
    expect(ids(await history(donor))).toEqual([bound.id]);
  });

  it("shows once a transfer that its own project accepted", async () => {
    const { donor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    await donor.accept(transfer);
    expect(ids(await history(donor))).toEqual([transfer.id]);
  });

  it("has the filters volume_id and status", async () => {
    const { donor, acceptor } = createClients();
    const deleted = await donor.createVolumeAndTransfer();
    await donor.delete(`volume-transfers/${deleted.id}`);
    const again = (await donor.createTransfer(deleted.volume_id)).body.transfer;
    await acceptor.accept(again);
    const other = await donor.createVolumeAndTransfer();
    await acceptor.accept(other);
    expect(ids(await history(donor, `?volume_id=${deleted.volume_id}`))).toEqual([again.id, deleted.id]);
    expect(ids(await history(donor, "?status=accepted"))).toEqual([other.id, again.id]);
    expect(ids(await history(donor, `?status=deleted&volume_id=${deleted.volume_id}`))).toEqual([deleted.id]);
    expect(await history(donor, "?status=open")).toEqual([]);
    expect(ids(await history(acceptor, `?volume_id=${deleted.volume_id}`))).toEqual([again.id]);
  });

  it.each(["", "&sort=closed_at:asc"])("has pages by marker: %j", async (order) => {
    const { donor, acceptor } = createClients();
    // The transfers that it gave and that it got are mixed.
    for (let i = 0; i < 5; i++) {
      const [giver, taker] = i % 2 === 0 ? [donor, acceptor] : [acceptor, donor];
      await taker.accept(await giver.createVolumeAndTransfer());
    }
    const all = ids(await history(donor, `?limit=10${order}`));
    expect(all).toHaveLength(5);
    const read: string[][] = [];
    for (let path: string | undefined = `volume-transfers/history?limit=2${order}`; path !== undefined; ) {
      const { transfers, transfers_links }: Body = (await donor.get(path)).body;
      read.push(ids(transfers));
      const next: string | undefined = transfers_links?.[0]?.href;
      path = next?.slice(next.indexOf("/v3/"));
    }
    expect(read.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(read.flat()).toEqual(all);
    expect(ids(await history(donor, `?limit=2&offset=1${order}`))).toEqual(all.slice(1, 3));
  });

  it("returns 404 for a marker that is open, or of another project, and 400 for another sort key", async () => {
    const { donor, acceptor } = createClients();
    const open = await donor.createVolumeAndTransfer();
    const closed = await donor.createVolumeAndTransfer();
    await donor.delete(`volume-transfers/${closed.id}`);
    const status = async (client: Client, query: string) =>
      (await client.get(`volume-transfers/history?${query}`)).status;
    expect(await status(donor, `marker=${open.id}`)).toBe(404);
    expect(await status(donor, `marker=${closed.id}`)).toBe(200);
    expect(await status(acceptor, `marker=${closed.id}`)).toBe(404);
    expect(await status(donor, "sort=display_name")).toBe(400);
  });

  it("returns 400 for a misspelt parameter, which would list everything", async () => {
    const { donor } = createClients();
    for (const query of ["state=accepted", "volumeid=1", "limit=1&Status=accepted"]) {
      const { status, body } = await donor.get(`volume-transfers/history?${query}`);
      expect(status).toBe(400);
      expect(body.badRequest?.message).toMatch(/^Invalid filters (state|volumeid|Status) are found in query/);
    }
  });

  it("shows an admin the transfers of all projects with all_tenants", async () => {
    const { donor } = createClients();
    const { id, volume_id } = await donor.createVolumeAndTransfer();
    await donor.delete(`volume-transfers/${id}`);
    const admin = new Admin(url);
    expect(await history(admin)).toEqual([]);
    expect(ids(await history(admin, `?all_tenants=1&volume_id=${volume_id}`))).toEqual([id]);
    expect(ids(await history(admin, "?all_tenants=1&limit=1"))).toHaveLength(1);
  });
});
