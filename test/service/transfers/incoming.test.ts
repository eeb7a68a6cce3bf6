import { describe, expect, it } from "vitest";
import { Client, type Transfer, WRONG_KEY } from "../../support/client.ts";
import { createExpiredTransfer } from "../../support/expired_transfers.ts";
import { readFeed } from "../../support/feed.ts";
import { DATABASES } from "../databases.ts";

const people = (url: string) => {
  const [donor, recipient, other] = [new Client(url), new Client(url), new Client(url)];
  /** Offers a new volume to the recipient. */
  const offer = (properties: object = {}) =>
    donor.createVolumeAndTransfer({ destination_project_id: recipient.project, ...properties });
  return { donor, recipient, other, offer };
};

const incoming = async (client: Client, query = "") =>
  (await client.get(`volume-transfers/incoming${query}`)).body.transfers;
const statusOf = async (client: Client, { volume_id }: Transfer) =>
  (await client.get(`volumes/${volume_id}`)).body.volume.status;
const act = (client: Client, { id }: Pick<Transfer, "id">, action: string, body: object = {}) =>
  client.send("POST", `volume-transfers/${id}/${action}`, { [action]: body });
const lastOfHistory = async (client: Client) =>
  (await client.get("volume-transfers/history")).body.transfers[0];

describe.each(DATABASES)("GET /v3/{project_id}/volume-transfers/incoming, on %s", (_database, url) => {
  it("lists the open transfers that are for the caller's project, the newest first, to it alone", async () => {
    const { donor, recipient, other, offer } = people(url);
    const [first, second] = [await offer({ name: "one" }), await offer()];
    await donor.createVolumeAndTransfer();
    expect(await incoming(recipient)).toEqual([
      { id: second.id, volume_id: second.volume_id, name: null },
      { id: first.id, volume_id: first.volume_id, name: "one" },
    ]);
    expect(await incoming(donor)).toEqual([]);
    expect(await incoming(other)).toEqual([]);
  });

  it("shows in detail what an accept would move, as a preview does, and no key", async () => {
    const { donor, recipient } = people(url);
    const volume = await donor.createVolume({ name: "web", description: "the shop", size: 3 });
    await donor.createSnapshot(volume);
    const { transfer } = (
      await donor.createTransfer(volume, {
        destination_project_id: recipient.project,
        expires_at: "2999-01-01T00:00:00Z",
      })
    ).body;
    const { preview } = (await act(recipient, transfer, "preview", { auth_key: transfer.auth_key }))
      .body as unknown as { readonly preview: object };
    const { exceeded_quota: _, destination_project_id: __, ...shown } = preview as Record<string, unknown>;
    expect(await incoming(recipient, "/detail")).toEqual([{ ...shown, require_key: true }]);
  });

  it("has pages, and filters by volume and by project", async () => {
    const { donor, recipient, offer } = people(url);
    const offers = [await offer(), await offer(), await offer()];
    const page = (await recipient.get("volume-transfers/incoming?limit=2")).body;
    expect(page.transfers.map(({ id }) => id)).toEqual([offers[2]?.id, offers[1]?.id]);
    const next = new URL(page.transfers_links?.[0]?.href ?? "");
    const rest = (await recipient.get(next.pathname + next.search)).body;
    expect(rest.transfers.map(({ id }) => id)).toEqual([offers[0]?.id]);
    expect(await incoming(recipient, `?volume_id=${offers[1]?.volume_id}`)).toHaveLength(1);
    expect(await incoming(recipient, `?source_project_id=${donor.project}&sort=created_at:asc`)).toHaveLength(
      3,
    );
    expect(await incoming(recipient, `?source_project_id=${recipient.project}`)).toEqual([]);
  });

  it("rejects an unknown filter, and a marker that is no incoming transfer", async () => {
    const { donor, recipient } = people(url);
    const elsewhere = await donor.createVolumeAndTransfer();
    expect((await recipient.get("volume-transfers/incoming?volume=1")).status).toBe(400);
    expect((await recipient.get(`volume-transfers/incoming?marker=${elsewhere.id}`)).status).toBe(404);
  });
});

describe.each(DATABASES)("an incoming transfer that has expired, on %s", (_database, url) => {
  it("is not listed", async () => {
    const { donor, recipient } = people(url);
    await createExpiredTransfer(donor, { destination_project_id: recipient.project });
    expect(await incoming(recipient)).toEqual([]);
  });
});

describe.each(DATABASES)("a transfer that requires no key, on %s", (_database, url) => {
  it("is accepted and previewed without one by the project that it is for, and comes without one", async () => {
    const { recipient, offer } = people(url);
    const transfer = await offer({ require_key: false });
    expect(transfer.auth_key).toBe("");
    expect((await incoming(recipient, "/detail"))[0]).toMatchObject({ id: transfer.id, require_key: false });
    expect((await act(recipient, transfer, "preview")).status).toBe(200);
    expect((await act(recipient, transfer, "accept")).status).toBe(202);
    expect(await statusOf(recipient, transfer)).toBe("available");
  });

  it("is accepted with the empty key, too, since the commands of OpenStack must send one", async () => {
    const { recipient, offer } = people(url);
    expect((await recipient.accept(await offer({ require_key: false }))).status).toBe(202);
    expect((await recipient.accept({ ...(await offer()), auth_key: "" })).status).toBe(400);
  });

  it("answers another project, and a transfer that requires one, as a wrong key, and counts the attempts", async () => {
    const { donor, recipient, other, offer } = people(url);
    const [free, bound] = [await offer({ require_key: false }), await offer()];
    const open = await donor.createVolumeAndTransfer();
    const wrong = (client: Client, { id }: Transfer) => client.accept({ id, auth_key: WRONG_KEY });
    for (const [client, transfer] of [
      [other, free],
      [donor, free],
      [recipient, bound],
      [recipient, open],
    ] as const) {
      const refused = await act(client, transfer, "accept");
      expect([refused.status, refused.body]).toEqual([400, (await wrong(client, transfer)).body]);
    }
    const attempts = async ({ id }: Transfer) =>
      (await donor.send("GET", `volume-transfers/${id}`, undefined, { "X-Failed-Attempts": "true" })).body
        .transfer;
    expect(await attempts(bound)).toMatchObject({ failed_attempts: 2 });
    expect(await attempts(open)).toMatchObject({ failed_attempts: 2 });
    // A project that a transfer is not for counts for nothing.
    expect(await attempts(free)).toMatchObject({ failed_attempts: 0 });
  });

  it("is refused without a project that it is for", async () => {
    const donor = new Client(url);
    const { status, body } = await donor.createTransfer(await donor.createVolume(), { require_key: false });
    expect(status).toBe(400);
    expect(body.badRequest?.message).toContain("only with a destination_project_id");
  });
});

describe.each(DATABASES)("POST /v3/{project_id}/volume-transfers/{id}/decline, on %s", (_database, url) => {
  it("closes a transfer, frees its volume, and tells the owner the reason", async () => {
    const { donor, recipient, offer } = people(url);
    const transfer = await offer();
    expect((await act(recipient, transfer, "decline", { reason: "We have it already." })).status).toBe(202);
    expect(await statusOf(donor, transfer)).toBe("available");
    expect(await lastOfHistory(donor)).toMatchObject({
      id: transfer.id,
      status: "declined",
      ended_as: "declined",
      decline_reason: "We have it already.",
      destination_project_id: recipient.project,
    });
    expect((await donor.get("volume-transfers/history?status=declined")).body.transfers).toHaveLength(1);
    expect((await donor.get("volume-transfers/history?status=deleted")).body.transfers).toEqual([]);
    expect((await readFeed(donor)).at(-1)?.type).toBe("org.openstack.volume_transfer.declined");
    expect((await recipient.accept(transfer)).status).toBe(404);
    expect((await donor.createTransfer(transfer.volume_id)).status).toBe(202);
  });

  it("is possible with the key for whoever has it", async () => {
    const { donor, other } = people(url);
    const transfer = await donor.createVolumeAndTransfer();
    expect((await act(other, transfer, "decline", { auth_key: transfer.auth_key })).status).toBe(202);
    expect(await lastOfHistory(donor)).toMatchObject({ ended_as: "declined", decline_reason: null });
  });

  it("is answered as a wrong key to everybody else", async () => {
    const { donor, recipient, other, offer } = people(url);
    const [bound, open] = [await offer(), await donor.createVolumeAndTransfer()];
    for (const [client, transfer] of [
      [other, bound],
      [donor, bound],
      [other, open],
    ] as const) {
      const { status, body } = await act(client, transfer, "decline");
      expect([status, body]).toEqual([400, (await client.accept({ ...transfer, auth_key: "wrong" })).body]);
    }
    const reader = new Client(url, { project: recipient.project, roles: "reader" });
    expect((await act(reader, bound, "decline")).status).toBe(403);
    expect(await statusOf(donor, bound)).toBe("awaiting-transfer");
  });

  it("takes a reason of 255 characters, and no more", async () => {
    const { recipient, offer } = people(url);
    const transfer = await offer();
    expect((await act(recipient, transfer, "decline", { reason: "€".repeat(256) })).status).toBe(400);
    expect((await act(recipient, transfer, "decline", { reason: "€".repeat(255) })).status).toBe(202);
  });

  it("and an accept at the same time: one of them wins", async () => {
    const { recipient, offer } = people(url);
    for (let round = 0; round < 10; round++) {
      const transfer = await offer({ require_key: false });
      const statuses = (
        await Promise.all([act(recipient, transfer, "accept"), act(recipient, transfer, "decline")])
      ).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual([202, 404]);
      expect((await recipient.get(`volumes/${transfer.volume_id}`)).status).toBe(
        statuses[0] === 202 ? 200 : 404,
      );
    }
  });
});

describe.each(DATABASES)("POST /v3/{project_id}/volume-transfers/{id}/rekey, on %s", (_database, url) => {
  const rekey = (client: Client, { id }: Transfer) => client.send("POST", `volume-transfers/${id}/rekey`);

  it("makes a new key, with which the earlier one is worthless", async () => {
    const { donor, other } = people(url);
    const transfer = await donor.createVolumeAndTransfer({ name: "handoff" });
    const { status, body } = await rekey(donor, transfer);
    expect(status).toBe(202);
    expect(body.transfer).toEqual({ ...transfer, auth_key: expect.stringMatching(/^[0-9a-z]{16}$/) });
    expect(body.transfer.auth_key).not.toBe(transfer.auth_key);
    expect((await other.accept(transfer)).status).toBe(400);
    expect((await other.accept(body.transfer)).status).toBe(202);
    const rekeyed = (await readFeed(donor)).find(({ type }) => type.endsWith("rekeyed"));
    expect(rekeyed?.subject).toBe(transfer.volume_id);
    expect(JSON.stringify(rekeyed)).not.toContain(body.transfer.auth_key);
  });

  it("lets those try again who have guessed too often", async () => {
    const { donor, other } = people(url);
    const transfer = await donor.createVolumeAndTransfer();
    for (let n = 0; n < 11; n++) await other.accept({ ...transfer, auth_key: "wrong" });
    expect((await other.accept(transfer)).status).toBe(400);
    const { transfer: rekeyed } = (await rekey(donor, transfer)).body;
    expect((await other.accept(rekeyed)).status).toBe(202);
  });

  it("is for members of the owner's project, and only while the transfer is open", async () => {
    const { donor, other } = people(url);
    const transfer = await donor.createVolumeAndTransfer();
    expect((await rekey(other, transfer)).status).toBe(404);
    const reader = new Client(url, { project: donor.project, roles: "reader" });
    expect((await rekey(reader, transfer)).status).toBe(403);
    await other.accept(transfer);
    expect((await rekey(donor, transfer)).status).toBe(404);
  });
});

describe.each(DATABASES)("the receipts of a transfer, on %s", (_database, url) => {
  const show = async (client: Client, { id }: Transfer) =>
    (await client.send("GET", `volume-transfers/${id}`, undefined, { "X-Receipts": "true" })).body.transfer;

  it("name the projects that have previewed it first and last, to the owner", async () => {
    const { donor, recipient, other } = people(url);
    const transfer = await donor.createVolumeAndTransfer();
    const { auth_key } = transfer;
    expect(await show(donor, transfer)).toMatchObject({ first_preview: null, last_preview: null });
    await act(donor, transfer, "preview", { auth_key });
    await act(other, transfer, "preview", { auth_key: "wrong" });
    expect(await show(donor, transfer)).toMatchObject({ first_preview: null, last_preview: null });
    for (const client of [other, recipient]) await act(client, transfer, "preview", { auth_key });
    const receipts = {
      first_preview: { previewed_at: expect.any(String), project_id: other.project },
      last_preview: { previewed_at: expect.any(String), project_id: recipient.project },
    };
    expect(await show(donor, transfer)).toMatchObject(receipts);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).body.transfer).not.toHaveProperty(
      "last_preview",
    );
    await recipient.accept(transfer);
    expect(await lastOfHistory(donor)).toMatchObject({ ended_as: "accepted", ...receipts });
    expect(await lastOfHistory(recipient)).not.toHaveProperty("last_preview");
  });

  it("are in the list of details, with the present name and size of the volume", async () => {
    const { donor, other, recipient } = people(url);
    const volume = await donor.createVolume({ name: "web", size: 3 });
    const { transfer } = (await donor.createTransfer(volume)).body;
    const keyless = await donor.createVolumeAndTransfer({
      destination_project_id: recipient.project,
      require_key: false,
    });
    await act(other, transfer, "preview", { auth_key: transfer.auth_key });
    await donor.send("PUT", `volumes/${volume}`, { volume: { name: "shop" } });
    const list = async (client: Client, headers: Record<string, string>, query = "") =>
      (await client.send("GET", `volume-transfers/detail${query}`, undefined, headers)).body.transfers;
    const plain = await list(donor, {});
    const [newest, oldest] = await list(donor, { "X-Receipts": "true" });
    expect(newest).toEqual({
      ...plain[0],
      require_key: false,
      volume: { name: null, size: 1 },
      first_preview: null,
      last_preview: null,
    });
    expect(newest?.id).toBe(keyless.id);
    const seen = { previewed_at: expect.any(String), project_id: other.project };
    expect(oldest).toEqual({
      ...plain[1],
      require_key: true,
      volume: { name: "shop", size: 3 },
      first_preview: seen,
      last_preview: seen,
    });
    expect(await list(donor, { "X-Receipts": "true" }, "?limit=1&sort=created_at:asc")).toEqual([oldest]);
    expect(await show(donor, transfer)).toEqual(oldest);
    expect(await list(other, { "X-Receipts": "true" })).toEqual([]);
  });

  it("keep the name that the volume had when it was offered", async () => {
    const { donor, other } = people(url);
    const volume = await donor.createVolume({ name: "web" });
    const { transfer } = (await donor.createTransfer(volume)).body;
    await other.accept(transfer);
    await other.send("PUT", `volumes/${volume}`, { volume: { name: "a secret of the new owner" } });
    for (const client of [donor, other])
      expect(await lastOfHistory(client)).toMatchObject({ volume_name: "web" });
  });

  it("say how it ended: withdrawn", async () => {
    const { donor, offer } = people(url);
    const transfer = await offer();
    await donor.delete(`volume-transfers/${transfer.id}`);
    expect(await lastOfHistory(donor)).toMatchObject({ status: "deleted", ended_as: "withdrawn" });
  });
});
