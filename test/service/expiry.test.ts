import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, inject, it } from "vitest";
import { configuration } from "../../src/config.ts";
import { database } from "../../src/db/database.ts";
import { endExpiredOffers } from "../../src/transfers/expire.ts";
import { Admin, Client, type Transfer } from "../support/client.ts";

const { D1, libSQL } = inject("sharedServices");
const server = database(configuration({ AUTH_STRATEGY: "noauth", LIBSQL_URL: libSQL.databaseUrl }));

/** Each service, and what the cron trigger does there. */
const SERVICES: [database: string, url: string, sweep: () => Promise<unknown>][] = [
  ["D1", D1.url, () => fetch(D1.cronUrl)],
  ["libSQL", libSQL.url, () => endExpiredOffers(server)],
];

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const SOON_MS = 700;

describe.each(SERVICES)("offers that end, on %s", (_database, url, sweep) => {
  const pair = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });
  const status = async (donor: Client, volume: string) =>
    (await donor.get(`volumes/${volume}`)).body.volume.status;

  /** Offers new volumes until soon, and waits for that. */
  async function expired(donor: Client, count = 1): Promise<Transfer[]> {
    const volumes = await Promise.all(Array.from({ length: count }, () => donor.createVolume()));
    const expires_at = inMs(SOON_MS);
    const offers = await Promise.all(volumes.map((volume) => donor.createTransfer(volume, { expires_at })));
    expect(offers.map(({ status }) => status)).toEqual(offers.map(() => 202));
    await sleep(SOON_MS + 100);
    return offers.map(({ body }) => body.transfer);
  }

  it("show their end to whoever gave them one, and no one else", async () => {
    const { donor } = pair();
    const [ending, endless] = [await donor.createVolume(), await donor.createVolume()];
    const made = (await donor.createTransfer(ending, { expires_at: "2099-12-31T23:59:59.123456Z" })).body
      .transfer;
    expect(made).toMatchObject({ expires_at: "2099-12-31T23:59:59.123000" });
    expect((await donor.get(`volume-transfers/${made.id}`)).body.transfer).toMatchObject({
      expires_at: "2099-12-31T23:59:59.123000",
    });
    expect((await donor.get("volume-transfers")).body.transfers[0]).not.toHaveProperty("expires_at");
    expect((await donor.createTransfer(endless)).body.transfer).not.toHaveProperty("expires_at");
  });

  it.each(["tomorrow", "2099-12-31", "2099-13-01T00:00:00Z", "2099-12-31T00:00:00+02:00", 4102444800, ""])(
    "take no end that is not a time in UTC: %j",
    async (expires_at) => {
      const { donor } = pair();
      const volume = await donor.createVolume();
      const answer = await donor.createTransfer(volume, { expires_at });
      expect(answer.status).toBe(400);
      expect(answer.body.badRequest?.message).toContain("expires_at");
      expect(await status(donor, volume)).toBe("available");
    },
  );

  it("take no end that is past", async () => {
    const { donor } = pair();
    const volume = await donor.createVolume();
    const answer = await donor.createTransfer(volume, { expires_at: inMs(-1000) });
    expect(answer.status).toBe(400);
    expect(answer.body.badRequest?.message).toBe("Invalid input received: expires_at must be in the future.");
    expect(await status(donor, volume)).toBe("available");
  });

  it("can be accepted until then", async () => {
    const { donor, acceptor } = pair();
    const offer = (await donor.createTransfer(await donor.createVolume(), { expires_at: inMs(60_000) })).body
      .transfer;
    expect((await acceptor.accept(offer)).status).toBe(202);
  });

  it("are gone at once: nobody sees, accepts or deletes them, swept or not", async () => {
    const { donor, acceptor } = pair();
    const [offer] = await expired(donor);
    if (offer === undefined) throw new Error("no offer");
    expect((await acceptor.accept(offer)).status).toBe(404);
    expect((await donor.get(`volume-transfers/${offer.id}`)).status).toBe(404);
    expect((await donor.delete(`volume-transfers/${offer.id}`)).status).toBe(404);
    for (const list of [
      "volume-transfers",
      "volume-transfers/detail",
      "volume-transfers?sort=display_name",
    ]) {
      expect((await donor.get(list)).body.transfers).toEqual([]);
    }
  });

  it("hold their volume no longer: it can be offered again before any sweep", async () => {
    const { donor, acceptor } = pair();
    const [first] = await expired(donor);
    const second = (await donor.createTransfer(first?.volume_id ?? "")).body.transfer;
    expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([second.id]);
    expect((await acceptor.accept(second)).status).toBe(202);
  });

  it("give their volumes back, however many Workers sweep at once", async () => {
    const { donor } = pair();
    await new Admin(url).setQuota(donor.project, { volumes: -1, gigabytes: -1 });
    const offers = await expired(donor, 120);
    const kept = (await donor.createTransfer(await donor.createVolume())).body.transfer;
    await Promise.all(Array.from({ length: 5 }, sweep));
    const { volumes } = (await donor.get("volumes/detail")).body;
    const statuses = new Map(volumes.map((volume) => [volume.id, volume.status]));
    expect(offers.filter(({ volume_id }) => statuses.get(volume_id) !== "available")).toEqual([]);
    expect(statuses.get(kept.volume_id)).toBe("awaiting-transfer");
    expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([kept.id]);
  });

  it("leave a volume as it is whose status an admin has changed meanwhile", async () => {
    const { donor } = pair();
    const [offer] = await expired(donor);
    await new Admin(url).resetStatus("volumes", offer?.volume_id ?? "", "error");
    await sweep();
    expect(await status(donor, offer?.volume_id ?? "")).toBe("error");
  });
});

describe.each(SERVICES)("offers to one project, on %s", (_database, url) => {
  it("answer any other as a wrong key would be answered, and count it as one", async () => {
    const [donor, chosen, other] = [new Client(url), new Client(url), new Client(url)];
    const volume = await donor.createVolume();
    const offer = (await donor.createTransfer(volume, { destination_project_id: chosen.project })).body
      .transfer;
    expect(offer).toMatchObject({ destination_project_id: chosen.project });

    const wrong = await chosen.accept({ ...offer, auth_key: "0000000000000000" });
    const elsewhere = await other.accept(offer);
    expect(elsewhere.status).toBe(400);
    expect(elsewhere.body).toEqual(wrong.body);
    expect((await donor.accept(offer)).body).toEqual(wrong.body);
    for (let attempt = 3; attempt < 10; attempt++) await other.accept(offer);
    expect((await chosen.accept(offer)).body).toEqual(wrong.body);
  });

  it("can be accepted by that one", async () => {
    const [donor, chosen] = [new Client(url), new Client(url)];
    const volume = await donor.createVolume();
    const offer = (await donor.createTransfer(volume, { destination_project_id: chosen.project })).body
      .transfer;
    expect((await chosen.accept(offer)).status).toBe(202);
    expect((await chosen.get(`volumes/${volume}`)).status).toBe(200);
  });

  it.each(["", 7, "x".repeat(256)])("take no destination that is no project's id: %j", async (id) => {
    const donor = new Client(url);
    const answer = await donor.createTransfer(await donor.createVolume(), { destination_project_id: id });
    expect(answer.status).toBe(400);
    expect(answer.body.badRequest?.message).toContain("destination_project_id");
  });
});
