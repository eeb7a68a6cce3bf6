import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Client, Transfer } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { member } from "../../support/member.ts";
import { Cloud, endings, IMPATIENT, offer, statusInCinder } from "./cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start(IMPATIENT);
});
afterAll(() => cloud?.stop());
afterEach(() => cloud.comesBack());

/** A limit that only a service in error reaches: the claim of an accept ends after three seconds. */
const WAIT = { timeout: 30_000, interval: 200 };

/** Breaks the connection at a point, once. */
function breakAt(point: string): void {
  cloud.proxy.onPoint = (reached) => {
    if (reached !== point) return;
    cloud.proxy.onPoint = () => {};
    throw new Error("broken by the test");
  };
}

/** Holds an accept before Cinder gets it, or Cinder's response to it, and returns what lets it go. */
function hold(point = "request of POST accept"): {
  readonly held: Promise<void>;
  readonly release: () => void;
} {
  const { promise: held, resolve: reached } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  cloud.proxy.onPoint = async (at) => {
    if (at !== point) return;
    reached();
    await released;
  };
  return { held, release };
}

/** Returns how the transfers of a project have ended, and with whom, the last first. */
const endsOf = async (client: Client) =>
  (await client.get("volume-transfers/history")).body.transfers.map((transfer) => [
    member(transfer, "ended_as"),
    member(transfer, "destination_project_id"),
  ]);

/** Sends a request again until it is answered with a status. */
const until = (status: number, send: () => Promise<{ readonly status: number }>) =>
  vi.waitFor(async () => expect((await send()).status).toBe(status), WAIT);

const decline = (client: Client, { id, auth_key }: Transfer) =>
  client.send("POST", `volume-transfers/${id}/decline`, { decline: { auth_key } });

describe.each(DATABASES)("an answer of Cinder that is lost, on %s", (database) => {
  const project = () => cloud.project(database);

  it.each(["request of POST accept", "response to POST accept"])(
    "is found out: the accept is answered with what has happened: %s",
    async (point) => {
      const [donor, acceptor] = [project(), project()];
      const transfer = await offer(donor, {}, 1);
      breakAt(point);
      expect((await acceptor.accept(transfer)).status).toBe(202);
      expect(await statusInCinder(acceptor, transfer.volume_id)).toBe("available");
      expect(await statusInCinder(donor, transfer.volume_id)).toBeUndefined();
      for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
    },
  );

  it.each(["request of POST accept", "response to POST accept"])(
    "leaves a volume with one owner, who gets a 202 when the accept is repeated: %s",
    async (point) => {
      const [donor, acceptor] = [project(), project()];
      const transfer = await offer(donor, {}, 1);
      cloud.goesAwayAt(point);
      expect((await acceptor.accept(transfer)).status).toBe(503);
      cloud.comesBack();
      await until(202, () => acceptor.accept(transfer));
      expect(await statusInCinder(acceptor, transfer.volume_id)).toBe("available");
      expect(await statusInCinder(donor, transfer.volume_id)).toBeUndefined();
      for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
    },
  );

  it("is settled by the owner's next request, if the project that accepted does not come back", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    cloud.goesAwayAt("response to POST accept");
    expect((await acceptor.accept(transfer, "key")).status).toBe(503);
    cloud.comesBack();
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    for (const client of [donor, acceptor]) {
      expect(await endings(client)).toEqual(["accepted"]);
      const { events } = (await client.get("events")).body;
      expect(events.at(-1)).toMatchObject({
        type: "org.openstack.volume_transfer.accepted",
        data: { destination_project_id: acceptor.project },
      });
    }
    // It may come back all the same.
    expect((await acceptor.accept(transfer, "key")).status).toBe(202);
  });

  it("is one 202, if another accept of the project finds out first", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    const { held, release } = hold("response to POST accept");
    const first = acceptor.accept(transfer, "first");
    await held;
    expect((await acceptor.accept(transfer, "second")).status).toBe(202);
    release();
    expect((await first).status).toBe(404);
    expect((await acceptor.accept(transfer, "first")).status).toBe(404);
    expect((await acceptor.accept(transfer, "second")).status).toBe(202);
    for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
  });

  it("is a 202 all the same, if the owner finds out first", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    const { held, release } = hold("response to POST accept");
    const accept = acceptor.accept(transfer, "key");
    await held;
    for (let i = 0; i < 2; i++) expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect(await endings(acceptor)).toEqual(["accepted"]);
    release();
    expect((await accept).status).toBe(202);
    expect((await acceptor.accept(transfer, "key")).status).toBe(202);
    const { events } = (await acceptor.get("events")).body;
    expect(events.filter(({ type }) => type === "org.openstack.volume_transfer.accepted")).toHaveLength(1);
  });

  it("is not ascribed to the project whose accept comes next", async () => {
    const [donor, lost, other] = [project(), project(), project()];
    const transfer = await offer(donor);
    cloud.goesAwayAt("response to POST accept");
    expect((await lost.accept(transfer)).status).toBe(503);
    cloud.comesBack();
    const { held, release } = hold();
    const next = vi.waitFor(async () => {
      const { status } = await other.accept(transfer);
      expect(status).not.toBe(409);
      return status;
    }, WAIT);
    await held;
    const ask = () => donor.get(`volume-transfers/${transfer.id}`);
    expect((await ask()).status).toBe(404);
    release();
    expect(await next).toBe(404);
    expect((await ask()).status).toBe(404);
    for (const client of [donor, lost]) expect(await endsOf(client)).toEqual([["accepted", lost.project]]);
    expect(await endsOf(other)).toEqual([]);
  });

  it("is settled by the next transfer of the volume, which only its new owner can create", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    cloud.goesAwayAt("response to POST accept");
    expect((await acceptor.accept(transfer)).status).toBe(503);
    cloud.comesBack();
    expect((await acceptor.createTransfer(transfer.volume_id)).status).toBe(202);
    for (const client of [donor, acceptor])
      expect(await endsOf(client)).toEqual([["accepted", acceptor.project]]);
  });

  it("is no accept, if Cinder has carried out none and its project gets the volume by another transfer", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    cloud.goesAwayAt("request of POST accept");
    expect((await acceptor.accept(transfer)).status).toBe(503);
    cloud.comesBack();
    expect((await donor.inCinder.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
    const second = await donor.createTransfer(transfer.volume_id);
    expect((await acceptor.accept(second.body.transfer)).status).toBe(202);
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect(await endings(donor)).toEqual(["accepted", "replaced"]);
  });

  it("does not keep others from the transfer for longer than the accept may take", async () => {
    const [donor, lost, other] = [project(), project(), project()];
    const transfer = await offer(donor);
    cloud.goesAwayAt("request of POST accept");
    expect((await lost.accept(transfer)).status).toBe(503);
    cloud.comesBack();
    // Nobody else's accept is sent to Cinder meanwhile.
    expect((await other.accept(transfer)).status).toBe(409);
    await until(202, () => other.accept(transfer));
    expect(await statusInCinder(other, transfer.volume_id)).toBe("available");
    expect(await endings(donor)).toEqual(["accepted"]);
    expect((await lost.accept(transfer)).status).toBe(404);
  });

  it.each(["request of POST volume-transfers", "response to POST volume-transfers"])(
    "of a create is found out, and the volume is offered once: %s",
    async (point) => {
      const [donor, acceptor] = [project(), project()];
      const volume_id = await donor.inCinder.createVolume();
      breakAt(point);
      const { status, body } = await donor.createTransfer(volume_id);
      expect(status).toBe(202);
      expect((await donor.get("volume-transfers")).body.transfers).toMatchObject([{ id: body.transfer.id }]);
      expect((await acceptor.accept(body.transfer)).status).toBe(202);
    },
  );

  it("frees the volume of a create with the next create", async () => {
    const donor = project();
    const volume_id = await donor.inCinder.createVolume();
    cloud.goesAwayAt("response to POST volume-transfers");
    expect((await donor.createTransfer(volume_id)).status).toBe(503);
    cloud.comesBack();
    expect(await statusInCinder(donor, volume_id)).toBe("awaiting-transfer");
    await until(202, () => donor.createTransfer(volume_id));
    expect(await statusInCinder(donor, volume_id)).toBe("awaiting-transfer");
    expect(await endings(donor)).toEqual([]);
  });

  it("frees the volume of a create although later creates were lost, too", async () => {
    const donor = project();
    const volume_id = await donor.inCinder.createVolume();
    cloud.goesAwayAt("response to POST volume-transfers");
    expect((await donor.createTransfer(volume_id)).status).toBe(503);
    cloud.comesBack();
    const [lost] = (await donor.inCinder.get("volume-transfers/detail")).body.transfers;
    const made = Date.parse(`${member(lost, "created_at")}Z`);
    // By more than the clocks of Cinder and of the database may differ.
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(made + 6000), WAIT);
    cloud.goesAwayAt("request of POST volume-transfers");
    expect((await donor.createTransfer(volume_id)).status).toBe(503);
    cloud.comesBack();
    // That one counts as in flight still, but cannot have made the first transfer.
    expect((await donor.createTransfer(volume_id)).status).toBe(202);
  });

  it("of a create does not keep its owner from deleting what Cinder has", async () => {
    const donor = project();
    const volume_id = await donor.inCinder.createVolume();
    cloud.goesAwayAt("response to POST volume-transfers");
    expect((await donor.createTransfer(volume_id)).status).toBe(503);
    cloud.comesBack();
    const [listed] = (await donor.get("volume-transfers")).body.transfers;
    expect((await donor.delete(`volume-transfers/${listed?.id}`)).status).toBe(202);
    expect(await statusInCinder(donor, volume_id)).toBe("available");
  });

  it("gives a create that is repeated with its Idempotency-Key one transfer", async () => {
    const [donor, acceptor] = [project(), project()];
    const volume_id = await donor.inCinder.createVolume();
    const create = () =>
      donor.send("POST", "volume-transfers", { transfer: { volume_id } }, { "Idempotency-Key": "again" });
    cloud.goesAwayAt("response to POST volume-transfers");
    expect((await create()).status).toBe(503);
    cloud.comesBack();
    expect((await create()).status).toBe(409);
    await until(202, create);
    const { transfer } = (await create()).body;
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it.each(["request of DELETE volume-transfers", "response to DELETE volume-transfers"])(
    "of a delete is found out, and the volume is free: %s",
    async (point) => {
      const donor = project();
      const transfer = await offer(donor);
      breakAt(point);
      expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
      expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(404);
      expect(await statusInCinder(donor, transfer.volume_id)).toBe("available");
      expect(await endings(donor)).toEqual(["withdrawn"]);
    },
  );
});

describe.each(DATABASES)("while an accept is on its way to Cinder, on %s", (database) => {
  const project = () => cloud.project(database);

  it("no other accept, decline or new key is taken, and the accept wins", async () => {
    const [donor, acceptor, other] = [project(), project(), project()];
    const transfer = await offer(donor);
    const { held, release } = hold();
    const accepting = acceptor.accept(transfer);
    await held;
    const statuses = await Promise.all([
      other.accept(transfer),
      acceptor.accept(transfer),
      decline(other, transfer),
      donor.send("POST", `volume-transfers/${transfer.id}/rekey`),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
    release();
    expect((await accepting).status).toBe(202);
    expect(await endings(donor)).toEqual(["accepted"]);
  });

  it("the owner can delete the transfer, and then nobody gets the volume", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    const { held, release } = hold();
    const accepting = acceptor.accept(transfer);
    await held;
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
    release();
    expect((await accepting).status).toBe(404);
    expect(await statusInCinder(donor, transfer.volume_id)).toBe("available");
    expect(await endings(donor)).toEqual(["withdrawn"]);
  });

  it("the transfer may expire: who owns the volume is Cinder's decision", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor, { expires_at: new Date(Date.now() + 1000).toISOString() });
    const { held, release } = hold();
    const accepting = acceptor.accept(transfer);
    await held;
    release();
    expect((await accepting).status).toBe(202);
    expect(await statusInCinder(acceptor, transfer.volume_id)).toBe("available");
    expect(await endings(donor)).toEqual(["accepted"]);
  });
});

describe.each(DATABASES)("races in front of a Cinder, on %s", (database) => {
  it("one of many accepts of different projects gets the volume", async () => {
    for (let round = 0; round < 3; round++) {
      const donor = cloud.project(database);
      const acceptors = Array.from({ length: 6 }, () => cloud.project(database));
      const transfer = await offer(donor);
      const statuses = await Promise.all(
        acceptors.map(async (acceptor) => (await acceptor.accept(transfer)).status),
      );
      expect(statuses.filter((status) => status === 202)).toHaveLength(1);
      expect(statuses.filter((status) => ![202, 404, 409].includes(status))).toEqual([]);
      const winner = acceptors[statuses.indexOf(202)];
      expect(winner && (await statusInCinder(winner, transfer.volume_id))).toBe("available");
    }
  });

  it("an accept against a decline, a delete and a new key leaves what was acknowledged", async () => {
    for (const against of ["decline", "delete", "rekey"] as const) {
      const [donor, acceptor, other] = [0, 1, 2].map(() => cloud.project(database));
      if (donor === undefined || acceptor === undefined || other === undefined) throw new Error("no clients");
      const transfer = await offer(donor);
      const path = `volume-transfers/${transfer.id}`;
      const [accepted, ended] = await Promise.all([
        acceptor.accept(transfer),
        against === "decline"
          ? decline(other, transfer)
          : against === "delete"
            ? donor.delete(path)
            : donor.send("POST", `${path}/rekey`),
      ]);
      const owner = accepted.status === 202 ? acceptor : donor;
      expect(
        await statusInCinder(owner, transfer.volume_id),
        `${accepted.status} ${ended.status}`,
      ).toBeDefined();
      if (against === "rekey") continue;
      // Of the two one at most is acknowledged.
      expect([accepted.status, ended.status].filter((status) => status === 202)).toHaveLength(1);
      await donor.get("volume-transfers");
      expect(await statusInCinder(owner, transfer.volume_id)).toBe("available");
    }
  });
});
