import type { Client } from "../../../support/client.ts";
import { PROJECTS } from "../clients.ts";
import { clientOf, hesitate, type Scenario, type Stage } from "./scenario.ts";

/** Volumes and snapshots come, grow and go, at once. `fsck` compares the usage with what there is. */
export const churn: Scenario = async (stage) => {
  const count = stage.random.between(1, 3);
  await Promise.all(Array.from({ length: count }, () => churnVolume(stage, stage.random.pick(PROJECTS))));
};

/** Creates a volume of a project, and changes it. */
export async function churnVolume(stage: Stage, project: string): Promise<void> {
  const { random } = stage;
  const client = clientOf(project);
  const created = await client.send("POST", "volumes", { volume: { size: random.between(1, 2) } });
  if (created.status !== 202) return;
  const { id } = created.body.volume;
  if (random.chance(0.4)) return assertOffered(stage, client, id);
  const acts = [
    () => snapshot(client, id),
    () => extend(client, id, random.between(2, 4)),
    () => client.createTransfer(id),
    () => client.delete(`volumes/${id}?cascade=${random.chance(0.5)}`),
    () => deleteSnapshot(client, id),
  ];
  await Promise.all(
    Array.from({ length: random.between(2, 6) }, async () => {
      await hesitate(stage, 20);
      await random.pick(acts)();
    }),
  );
}

const snapshot = (client: Client, volume_id: string) =>
  client.send("POST", "snapshots", { snapshot: { volume_id } });
const extend = (client: Client, volume: string, new_size: number) =>
  client.send("POST", `volumes/${volume}/action`, { "os-extend": { new_size } });

async function deleteSnapshot(client: Client, volume: string): Promise<void> {
  const { body } = await client.get(`snapshots/detail?volume_id=${volume}`);
  const [first] = body.snapshots ?? [];
  if (first !== undefined) await client.delete(`snapshots/${first.id}`);
}

/** A volume that is offered neither changes nor goes; one with a snapshot goes with it alone, and none shrinks. */
async function assertOffered({ fail }: Stage, client: Client, volume: string): Promise<void> {
  if ((await extend(client, volume, 1)).status === 202) fail("churn: a volume has shrunk");
  if ((await snapshot(client, volume)).status === 202) {
    if ((await client.delete(`volumes/${volume}`)).status === 202)
      fail("churn: a volume was deleted without its snapshot");
  }
  if ((await client.createTransfer(volume)).status !== 202) return;
  const refused = {
    "was deleted": () => client.delete(`volumes/${volume}?cascade=true`),
    "has grown": () => extend(client, volume, 9),
    "got a snapshot": () => snapshot(client, volume),
  };
  for (const [what, act] of Object.entries(refused))
    if ((await act()).status === 202) fail(`churn: an offered volume ${what}`);
}
