import path from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { titleOf } from "./deployments.ts";
import { installed } from "./installation.ts";
import { openstacksdk } from "./openstacksdk.ts";
import { newParty, type Party } from "./project_members.ts";
import { callLibrary } from "./run_client.ts";

const PROGRAM = path.join(import.meta.dirname, "horizon.py");
/** What its form for accepting takes: longer ones it refuses by itself. */
const LONGEST_KEY = 16;
const LONGEST_ID = 36;

/** What it reads of a transfer. */
const transfer = z.object({
  id: z.string(),
  name: z.string(),
  volume_id: z.string(),
  created_at: z.iso.datetime({ local: true }),
});

/** Calls python-cinderclient as Horizon does for somebody who is logged in. */
async function call<T>(schema: z.ZodType<T>, party: Party, method: string, args: object): Promise<T> {
  const session = {
    OS_TOKEN: await party.token(),
    OS_PROJECT_ID: party.project,
    CINDER_ENDPOINT: party.endpoint,
  };
  return schema.parse(
    await callLibrary(installed("python"), [PROGRAM, method, JSON.stringify(args)], session),
  );
}

describe.each(inject("deployments").map((deployment) => [titleOf(deployment), deployment] as const))(
  "Horizon, %s",
  (title, deployment) => {
    const step = (operation: string, body: () => Promise<void>): void => {
      const cell = { client: "Horizon", operation, deployment: title, version: "default" };
      it(operation, { meta: { cell } }, body);
    };

    let giver: Party;
    let taker: Party;
    let volume = "";
    let offer = { id: "", auth_key: "" };
    beforeAll(async () => {
      [giver, taker] = await Promise.all([newParty(deployment, "alice"), newParty(deployment, "bob")]);
      volume = await openstacksdk.connect(giver, "default").makeVolume(1);
    });

    step("offer a volume, by an id and a key that fit its form", async () => {
      const made = transfer.extend({ auth_key: z.string().max(LONGEST_KEY), id: z.string().max(LONGEST_ID) });
      offer = await call(made, giver, "create", { volume_id: volume, name: "a present" });
    });

    step("list the offers in detail", async () => {
      const [listed, ...others] = await call(z.array(transfer), giver, "list", { detailed: true });
      expect(listed).toMatchObject({ id: offer.id, name: "a present", volume_id: volume });
      expect(others).toEqual([]);
    });

    step("accept an offer by what its form took", async () => {
      const typed = { transfer_id: offer.id, auth_key: offer.auth_key };
      const accepted = z.object({ id: z.string(), volume_id: z.string() });
      expect(await call(accepted, taker, "accept", typed)).toMatchObject({ volume_id: volume });
      expect(await openstacksdk.connect(taker, "default").volumes()).toMatchObject([{ id: volume }]);
    });
  },
);
