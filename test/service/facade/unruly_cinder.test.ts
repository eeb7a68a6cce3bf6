import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { endings, IMPATIENT, WITH_CREDENTIAL } from "./cloud.ts";
import { FakeCloud, type Reply } from "./fake_cinder.ts";

let cloud: FakeCloud;
beforeAll(async () => {
  cloud = await FakeCloud.start({ ...IMPATIENT, ...WITH_CREDENTIAL });
});
afterAll(() => cloud?.stop());
afterEach(() => {
  cloud.cinder.obey();
  cloud.cinder.hasAdmins = true;
});

/** A limit that only a service in error reaches: the claim of an accept ends after three seconds. */
const WAIT = { timeout: 30_000, interval: 200 };

/** Answers requests of a kind in another way, and carries out the others. */
function onRequests(
  what: string,
  answer: (perform: () => Reply, token: string) => Reply | undefined | Promise<Reply | undefined>,
): void {
  cloud.cinder.onRequest = ({ what: asked, perform, token }) =>
    asked === what ? answer(perform, token) : perform();
}

/** Carries a request out, and answers an error. */
function breakAfter(perform: () => Reply): Reply {
  perform();
  return { status: 500, body: "<html>Internal Server Error</html>" };
}

describe("of accepts of one project at once", () => {
  it("one succeeds, in each of 50 races", async () => {
    for (let round = 0; round < 50; round++) {
      const { donor, volume_id, transfer } = await cloud.offer();
      const acceptor = cloud.client();
      // Cinder carries each out somewhere in the time that it takes.
      onRequests("POST accept", async (perform) => {
        await sleep(Math.random() * 10);
        const reply = perform();
        await sleep(Math.random() * 20);
        return reply;
      });
      const statuses = await Promise.all(
        Array.from({ length: 6 }, async () => {
          await sleep(Math.random() * 30);
          return (await acceptor.accept(transfer)).status;
        }),
      );
      expect(statuses.filter((status) => status === 202)).toHaveLength(1);
      expect(statuses.filter((status) => ![202, 404, 409].includes(status))).toEqual([]);
      expect(cloud.cinder.owners.get(volume_id)).toBe(acceptor.project);
      expect(await endings(donor)).toEqual(["accepted"]);
    }
  });
});

describe("a Cinder that answers an error, and has done it", () => {
  it("has accepted", async () => {
    const { donor, transfer } = await cloud.offer();
    const acceptor = cloud.client();
    onRequests("POST accept", breakAfter);
    expect((await acceptor.accept(transfer)).status).toBe(202);
    for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
  });

  it("has created no transfer that is left over", async () => {
    const donor = cloud.client();
    const volume_id = cloud.cinder.createVolume(donor.project);
    onRequests("POST volume-transfers", breakAfter);
    const { status, headers } = await donor.createTransfer(volume_id);
    expect(status).toBe(500);
    expect(headers.get("X-OpenStack-Request-ID")).toMatch(/^req-/);
    expect(cloud.cinder.transfers.size).toBe(0);
    cloud.cinder.obey();
    expect((await donor.createTransfer(volume_id)).status).toBe(202);
  });

  it("has deleted: the transfer is closed with the next request", async () => {
    const { donor, transfer } = await cloud.offer();
    onRequests("DELETE volume-transfers", breakAfter);
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(500);
    cloud.cinder.obey();
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect(await endings(donor)).toEqual(["withdrawn"]);
  });
});

/** Sends an accept that Cinder holds, and returns what carries it out. */
async function hang(acceptor: ReturnType<FakeCloud["client"]>, transfer: { id: string; auth_key: string }) {
  let land: (() => Reply) | undefined;
  onRequests("POST accept", (perform, token) => {
    if (token !== acceptor.token) return perform();
    land ??= perform;
    return new Promise(() => {});
  });
  expect((await acceptor.accept(transfer)).status).toBe(503);
  return () => land?.().status;
}

/** Sweeps until the sweep has looked at a transfer in Cinder, whose accept it then settles. */
async function sweepUntilSeen(transfer: { readonly id: string }): Promise<void> {
  let seen = false;
  cloud.cinder.onRequest = ({ id, token, perform }) => {
    seen ||= id === transfer.id && token.startsWith("sweeper");
    return perform();
  };
  await vi.waitFor(async () => {
    await cloud.service.sweep();
    expect(seen).toBe(true);
  }, WAIT);
}

describe("an accept that Cinder carries out later than anybody waits", () => {
  it("is the project's, although another takes its own volume back meanwhile", async () => {
    const { donor, volume_id, transfer } = await cloud.offer();
    const acceptor = cloud.client();
    const land = await hang(acceptor, transfer);
    let status: number | undefined;
    await vi.waitFor(async () => {
      const held = cloud.cinder.onRequest;
      // Just before the accept of the donor.
      cloud.cinder.onRequest = (asked) => {
        if (asked.what === "POST accept" && asked.token === donor.token) land();
        return held(asked);
      };
      ({ status } = await donor.accept(transfer));
      expect(status).not.toBe(409);
    }, WAIT);
    expect(cloud.cinder.owners.get(volume_id)).toBe(acceptor.project);
    expect(status).toBe(404);
    await donor.get(`volume-transfers/${transfer.id}`);
    for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
  });

  it("is the project's, although the sweep has seen the transfer after the claim", async () => {
    const { donor, volume_id, transfer } = await cloud.offer();
    const acceptor = cloud.client();
    const land = await hang(acceptor, transfer);
    await sweepUntilSeen(transfer);
    expect(land()).toBe(202);
    expect(cloud.cinder.owners.get(volume_id)).toBe(acceptor.project);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
  });
});

describe("of two accepts whose answers are lost", () => {
  it("the sweep finds the one that Cinder has carried out", async () => {
    const { donor, transfer } = await cloud.offer();
    const [first, second] = [cloud.client(), cloud.client()];
    const land = await hang(first, transfer);
    await vi.waitFor(async () => {
      onRequests("POST accept", () => new Promise(() => {}));
      expect((await second.accept(transfer)).status).toBe(503);
    }, WAIT);
    expect(land()).toBe(202);
    cloud.cinder.obey();
    await vi.waitFor(async () => {
      await cloud.service.sweep();
      for (const client of [donor, first]) expect(await endings(client)).toEqual(["accepted"]);
    }, WAIT);
  });
});

const EXPIRED: Reply = { status: 401, body: { error: { code: 401, message: "The request needs a token." } } };

describe("a token that expires between two requests to Cinder, whose first one arrives late", () => {
  /** Loses the first request of a kind, refuses the next ones, and returns what carries out the first. */
  function loseFirst(what: string): () => number | undefined {
    let land: (() => Reply) | undefined;
    onRequests(what, (perform) => {
      if (land !== undefined) return EXPIRED;
      land = perform;
      return undefined;
    });
    return () => {
      cloud.cinder.obey();
      return land?.().status;
    };
  }

  it("leaves no volume that cannot be offered", async () => {
    const donor = cloud.client();
    const volume_id = cloud.cinder.createVolume(donor.project);
    const land = loseFirst("POST volume-transfers");
    expect((await donor.createTransfer(volume_id)).status).toBe(401);
    expect(land()).toBe(202);
    await vi.waitFor(async () => expect((await donor.createTransfer(volume_id)).status).toBe(202), WAIT);
  });

  it("leaves the accept to the project", async () => {
    const { donor, transfer } = await cloud.offer();
    const acceptor = cloud.client();
    const land = loseFirst("POST accept");
    expect((await acceptor.accept(transfer)).status).toBe(401);
    expect(land()).toBe(202);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    for (const client of [donor, acceptor]) expect(await endings(client)).toEqual(["accepted"]);
  });
});

describe("a caller who has the role of admins, and to Cinder is none", () => {
  it("closes no transfer of another project by a look at it", async () => {
    const { transfer } = await cloud.offer();
    cloud.cinder.hasAdmins = false;
    const admin = cloud.client("admin");
    for (const method of ["GET", "DELETE"])
      expect((await admin.send(method, `volume-transfers/${transfer.id}`)).status).toBe(404);
    expect((await cloud.client().accept(transfer)).status).toBe(202);
  });

  it("settles no accept as the sweep", async () => {
    const { donor, transfer } = await cloud.offer();
    const acceptor = cloud.client();
    await hang(acceptor, transfer);
    cloud.cinder.hasAdmins = false;
    await sweepUntilSeen(transfer);
    expect(await endings(donor)).toEqual([]);
  });

  it("of which Cinder shows the transfers, closes one that Cinder has not", async () => {
    const { donor, transfer } = await cloud.offer();
    cloud.cinder.transfers.delete(transfer.id);
    expect((await cloud.client("admin").get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect(await endings(donor)).toEqual(["withdrawn"]);
  });
});

describe("ended transfers that Cinder does not delete", () => {
  it("do not keep the others in Cinder", async () => {
    const donor = cloud.client();
    const expires_at = new Date(Date.now() + 2000).toISOString();
    const offers = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const volume_id = cloud.cinder.createVolume(donor.project);
        return (await donor.createTransfer(volume_id, { expires_at })).body.transfer.id;
      }),
    );
    const last = offers.at(-1);
    cloud.cinder.onRequest = ({ what, id, perform }) =>
      what === "DELETE volume-transfers" && offers.includes(id) && id !== last
        ? { status: 403, body: { forbidden: { code: 403, message: "Policy does not allow it." } } }
        : perform();
    await vi.waitFor(async () => {
      await donor.get("volume-transfers");
      expect(cloud.cinder.transfers.has(last ?? "")).toBe(false);
    }, WAIT);
    expect(offers.filter((id) => cloud.cinder.transfers.has(id))).toHaveLength(11);
  });
});
