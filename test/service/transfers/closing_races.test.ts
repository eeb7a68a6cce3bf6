import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Client, type Transfer } from "../../support/client.ts";
import { inMs } from "../../support/expired_transfers.ts";
import { readFeed } from "../../support/feed.ts";
import { DATABASES } from "../databases.ts";
import { type Act, isExplained, type Observed } from "./closing_model.ts";
import { RACE, ROUNDS } from "./races.ts";

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom("accept", "preview"), withKey: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("decline", "rekey", "delete") }),
);

/** Acts that are sent at once, sometimes about a transfer that expires meanwhile. */
const acts = fc
  .tuple(fc.array(act, { minLength: 2, maxLength: 5 }), fc.boolean())
  .map(([sent, expires]): readonly Act[] => (expires ? [...sent, { kind: "expiry" }] : sent));

/** The time until such a transfer expires, milliseconds. On a slow machine it is over before the acts are sent. */
const EXPIRY_MS = 150;

const transferWithReceipts = z
  .object({
    ended_as: z.enum(["accepted", "declined", "withdrawn", "expired"]).optional(),
    first_preview: z.object({}).nullable(),
  })
  .transform(({ ended_as: end, first_preview }) => ({ end, previewed: first_preview !== null }));

describe.each(DATABASES)("what closes a transfer, at once, on %s", (_database, url, runCron) => {
  /** Offers a volume, and sends the acts at once. */
  async function race(acts: readonly Act[], keyless: boolean): Promise<Observed | undefined> {
    const [donor, recipient] = [new Client(url), new Client(url, { user: "bob" })];
    const volume = await donor.createVolume();
    const expires = acts.some(({ kind }) => kind === "expiry");
    const { status, body } = await donor.createTransfer(volume, {
      destination_project_id: recipient.project,
      ...(keyless && { require_key: false }),
      ...(expires && { expires_at: inMs(EXPIRY_MS) }),
    });
    // It has expired before it was created.
    if (expires && status === 400) return undefined;
    const { id, auth_key } = body.transfer;
    const send = (act: Act) => {
      const post = (client: Client, content?: object) =>
        client.send("POST", `volume-transfers/${id}/${act.kind}`, content && { [act.kind]: content });
      switch (act.kind) {
        case "expiry":
          return new Promise<{ readonly status: number }>((resolve) =>
            setTimeout(() => runCron().then(() => resolve({ status: 0 })), EXPIRY_MS),
          );
        case "delete":
          return donor.delete(`volume-transfers/${id}`);
        case "rekey":
          return post(donor);
        case "decline":
          return post(recipient, {});
        default:
          return post(recipient, act.withKey ? { auth_key } : {});
      }
    };
    const responses = await Promise.all(acts.map(send));
    return {
      statuses: responses.map(({ status }) => status),
      after: await stateOf({ donor, recipient }, { id, volume_id: volume, auth_key }),
    };
  }

  /** Reads the state of a transfer, and asserts that the volume and the quota agree with it. */
  async function stateOf(
    { donor, recipient }: Readonly<Record<"donor" | "recipient", Client>>,
    { id, volume_id, auth_key }: Pick<Transfer, "id" | "volume_id" | "auth_key">,
  ): Promise<Observed["after"]> {
    const events = (await readFeed(donor)).map(({ type }) =>
      type.replace("org.openstack.volume_transfer.", ""),
    );
    const [closed] = (await donor.get("volume-transfers/history")).body.transfers;
    const shown = await donor.send("GET", `volume-transfers/${id}`, undefined, { "X-Receipts": "true" });
    const { transfer = closed } = shown.body as Partial<typeof shown.body>;
    const { end, previewed } = transferWithReceipts.parse(transfer);
    const owner = end === "accepted" ? recipient : donor;
    const { volume } = (await owner.get(`volumes/${volume_id}`)).body;
    expect(volume.status).toBe(end === undefined ? "awaiting-transfer" : "available");
    expect(await owner.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
    const other = owner === donor ? recipient : donor;
    expect(await other.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
    const rekeyed = events.includes("rekeyed");
    // The key before is worthless while the transfer is open.
    if (end === undefined && auth_key !== "") {
      const tried = await recipient.send("POST", `volume-transfers/${id}/preview`, { preview: { auth_key } });
      expect(tried.status).toBe(rekeyed ? 400 : 200);
    }
    return {
      end,
      keyIsRight: !rekeyed,
      previewed,
      events: events.filter((type) => !type.startsWith("org.openstack.volume.")),
    };
  }

  it.each([false, true])(
    "has the outcome of the acts in some order (without a key: %s)",
    RACE,
    async (keyless) => {
      await fc.assert(
        fc.asyncProperty(acts, async (sent) => {
          const observed = await race(sent, keyless);
          fc.pre(observed !== undefined);
          expect({ ...observed, explained: isExplained(sent, keyless, observed) }).toEqual({
            ...observed,
            explained: true,
          });
        }),
        { numRuns: 5 * ROUNDS, endOnFailure: true },
      );
    },
  );
});
