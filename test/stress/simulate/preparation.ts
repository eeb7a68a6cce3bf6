import { signature } from "../../../src/events/sign.ts";
import { secretCheck } from "../../../src/transfers/auth_key.ts";
import { Client } from "../../support/client.ts";
import { PROJECTS } from "./clients.ts";
import { SERVICE } from "./network.ts";
import { SECRETS, WEBHOOK_SECRET } from "./profile.ts";

/** The volumes that every simulation begins with. */
export interface PreparedVolumes {
  /** Those whose history is checked, and the projects that own them at first. */
  readonly shared: readonly { readonly id: string; readonly project: string }[];
  /** Those of the scenarios: see `Stage`. */
  readonly ofScenarios: readonly string[];
}

/** The numbers of snapshots of the volumes whose history is checked. */
const SHARED = [1, 0, 2, 0, 1, 3];
/** The sizes of those of the scenarios, GiB, and the numbers of their snapshots. */
const OF_SCENARIOS = [
  { size: 1, snapshots: 0 },
  { size: 1, snapshots: 0 },
  { size: 1, snapshots: 2 },
  { size: 1, snapshots: 0 },
  { size: 2, snapshots: 0 },
  { size: 1, snapshots: 0 },
  { size: 1, snapshots: 1 },
];

/** Creates the volumes. */
export async function createVolumes(): Promise<PreparedVolumes> {
  const create = async (project: string, snapshots: number, size = 1) => {
    const client = new Client(SERVICE, { project });
    const id = await client.createVolume({ size });
    for (let n = 0; n < snapshots; n++) await client.createSnapshot(id);
    return { id, project };
  };
  const shared: { id: string; project: string }[] = [];
  for (const [i, snapshots] of SHARED.entries())
    shared.push(await create(PROJECTS[i % PROJECTS.length] ?? "", snapshots));
  const ofScenarios: string[] = [];
  for (const { size, snapshots } of OF_SCENARIOS)
    ofScenarios.push((await create("alpha", snapshots, size)).id);
  return { shared, ofScenarios };
}

/** Lets modules compute what they keep, so that all simulations find the same. */
export async function computeKeys(): Promise<void> {
  for (const secret of Object.values(SECRETS)) await secretCheck(secret);
  await signature([WEBHOOK_SECRET], "", 0, "");
}
