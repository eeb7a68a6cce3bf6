import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Client, ClientUnderTest, Thing, Transfer, Version } from "./client.ts";
import { type Deployment, titleOf } from "./deployments.ts";
import { limit, newParty, type Party, type User } from "./project_members.ts";
import { cinderRefused, type Fault } from "./recorded_faults.ts";
import { ClientFailed, type Shown } from "./run_client.ts";

/** Of the volume, in GiB: as in the recorded refusal for want of quota. */
const SIZE = 3;
const NAME = "a present";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WRONG_KEY = "0123456789abcdef";

/** One of the two projects, and the client that it uses. */
interface End {
  readonly party: Party;
  readonly client: Client;
}

/** The whole life of a transfer between two projects, as a client lives it, wherever the service runs. */
export function describeLife(client: ClientUnderTest): void {
  for (const deployment of inject("deployments")) {
    describe(titleOf(deployment), () => {
      describe.each(versionsFor(client, deployment))("at %s", (version) => {
        describeVersion(client, deployment, version);
      });
    });
  }
}

/** All of them without Keystone, which has no part in them: commands are slow. */
const versionsFor = ({ versions }: ClientUnderTest, { auth }: Deployment): readonly Version[] =>
  auth === "no-auth" ? versions : versions.slice(0, 1);

function describeVersion(tested: ClientUnderTest, deployment: Deployment, version: Version): void {
  const step = (operation: string, body: () => Promise<void>): void => {
    const cell = { client: tested.name, operation, deployment: titleOf(deployment), version };
    it(operation, { meta: { cell } }, body);
  };

  // What each step leaves to those after it.
  let giver: End;
  let taker: End;
  let volume = "";
  let snapshot = "";
  let offer: Transfer & { readonly auth_key: string };

  beforeAll(async () => {
    const end = async (user: User): Promise<End> => {
      const party = await newParty(deployment, user);
      return { party, client: tested.connect(party, version) };
    };
    [giver, taker] = await Promise.all([end("alice"), end("bob")]);
  });

  step("make a volume", async () => {
    volume = await giver.client.makeVolume(SIZE);
    expect(volume).toMatch(UUID);
  });

  step("make a snapshot", async () => {
    snapshot = await giver.client.makeSnapshot(volume);
    expect(snapshot).toMatch(UUID);
  });

  step("offer the volume, with a name", async () => {
    offer = await giver.client.offer(volume, { name: NAME });
    expect(offer).toMatchObject({ name: NAME, volume_id: volume });
  });

  step("list the offers", async () => {
    expect(await giver.client.list()).toEqual([{ id: offer.id, name: NAME, volume_id: volume }]);
  });

  step("show the offer", async () => {
    expect(await giver.client.show(offer.id)).toEqual({ id: offer.id, name: NAME, volume_id: volume });
  });

  step("find the offer by its name", async () => {
    expect(await giver.client.find(NAME)).toMatchObject({ id: offer.id, volume_id: volume });
  });

  describe("refused as by Cinder", () => {
    const refused = async (
      how: keyof ClientUnderTest["shows"],
      fault: (transfer: string) => Fault,
      attempt: () => Promise<unknown>,
    ): Promise<void> => {
      const { endpoint } = taker.party;
      const expected = tested.shows[how]({ transfer: offer.id, endpoint, fault: fault(offer.id) });
      expect(await shownBy(attempt)).toEqual(expected);
    };

    step("refused: a wrong key", () =>
      refused("accept", cinderRefused.wrongKey, () => taker.client.accept(offer.id, WRONG_KEY)),
    );

    step("refused: to show another project's offer", () =>
      refused("show", cinderRefused.showingAnothers, () => taker.client.show(offer.id)),
    );

    step("refused: to delete another project's offer", () =>
      refused("delete", cinderRefused.deletingAnothers, () => taker.client.delete(offer.id)),
    );

    step("refused: to accept more than the quota allows", async () => {
      await limit(deployment, taker.party, { gigabytes: SIZE - 1 });
      try {
        await refused("accept", cinderRefused.overQuota, () => taker.client.accept(offer.id, offer.auth_key));
      } finally {
        await limit(deployment, taker.party);
      }
    });
  });

  step("accept the offer", async () => {
    expect(await taker.client.accept(offer.id, offer.auth_key)).toMatchObject({ id: offer.id });
  });

  step("see that the volume and its snapshot have moved", async () => {
    expect(await belongings(taker)).toEqual({
      volumes: [{ id: volume, status: "available" }],
      snapshots: [{ id: snapshot, status: "available" }],
    });
    expect(await belongings(giver)).toEqual({ volumes: [], snapshots: [] });
  });

  if (tested.leavesSnapshots) {
    step("offer it without its snapshots, which stay", async () => {
      const { id, auth_key } = await taker.client.offer(volume, { withoutSnapshots: true });
      await giver.client.accept(id, auth_key);
      expect(await giver.client.volumes()).toEqual([{ id: volume, status: "available" }]);
      expect(await taker.client.snapshots()).toEqual([{ id: snapshot, status: "available" }]);
    });
  }

  step("offer it again, and delete the offer", async () => {
    const { client } = tested.leavesSnapshots ? giver : taker;
    const again = await client.offer(volume, {});
    await client.delete(again.id);
    expect(await client.list()).toEqual([]);
  });
}

/** What one of the ends sees to be its own. */
async function belongings({ client }: End): Promise<Record<"volumes" | "snapshots", Thing[]>> {
  const [volumes, snapshots] = await Promise.all([client.volumes(), client.snapshots()]);
  return { volumes, snapshots };
}

/**
 * What the client showed when it failed.
 *
 * @throws Error if it did not
 */
async function shownBy(attempt: () => Promise<unknown>): Promise<Shown> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ClientFailed) return error.shown;
    throw error;
  }
  throw new Error("it was not refused");
}
