import { clientOf, isDefinite, persist, type Scenario } from "./scenario.ts";

/** An admin changes the status of an offered volume, or of its snapshot: nobody can accept it then. */
export const statuses: Scenario = async (stage) => {
  const { random, fail, volumes } = stage;
  const admin = clientOf("admin", "admin");
  const alpha = clientOf("alpha");
  const volume = volumes.at(-1) ?? "";
  const snapshots = await alpha.get(`snapshots/detail?volume_id=${volume}`);
  const snapshot = snapshots.body.snapshots?.[0]?.id;
  const reset = (path: string, status: string) => () =>
    admin.send("POST", `${path}/action`, { "os-reset_status": { status } });
  const isBroken = random.chance(0.3) && (await reset(`snapshots/${snapshot}`, "error")()).status === 202;
  const key = { "Idempotency-Key": crypto.randomUUID() };
  const create = () => alpha.send("POST", "volume-transfers", { transfer: { volume_id: volume } }, key);
  const created = await create();
  const transfer = created.status === 202 ? created.body.transfer : undefined;
  if (isBroken && transfer !== undefined) fail("statuses: offered a volume with a broken snapshot");
  if (isBroken) await persist(stage, reset(`snapshots/${snapshot}`, "available"));
  if (transfer === undefined || snapshot === undefined) return;
  const ofSnapshot = random.chance(0.4);
  const path = ofSnapshot ? `snapshots/${snapshot}` : `volumes/${volume}`;
  const status = ofSnapshot ? "error" : random.pick(["available", "error", "maintenance"]);
  const changed = await reset(path, status)();
  if (changed.status === 202) {
    const answers = await Promise.all(["beta", "gamma"].map((project) => clientOf(project).accept(transfer)));
    if (answers.some((answer) => answer.status === 202))
      fail(`statuses: accepted a volume with ${path} ${status}`);
    if (random.chance(0.5)) await alpha.createTransfer(volume);
    else if ((await create()).status === 202) {
      const shown = await alpha.get(`volume-transfers/${transfer.id}`);
      if (shown.status === 404) fail("statuses: a repeated create has closed the transfer");
    }
  }
  // What is left would be an admin's fault: it is mended.
  await persist(stage, reset(`snapshots/${snapshot}`, "available"));
  const listed = await alpha.get(`volume-transfers?volume_id=${volume}`);
  if (!isDefinite(listed)) return;
  const open = listed.body.transfers?.[0];
  if (open !== undefined) await persist(stage, () => alpha.delete(`volume-transfers/${open.id}`));
  await persist(stage, reset(`volumes/${volume}`, "available"));
};
