import { churnVolume } from "./churn.ts";
import { clientOf, hesitate, offer, persist, type Scenario } from "./scenario.ts";

/** The project whose quota is limited. */
const POOR = "epsilon";

/** Several volumes are offered to a project that has no room for all. `RULES` has what must hold. */
export const quotas: Scenario = async (stage) => {
  const { random, volumes } = stage;
  const limits = random.pick([
    { volumes: 1 },
    { gigabytes: 2 },
    { snapshots: 1 },
    { per_volume_gigabytes: 1 },
  ]);
  const admin = clientOf("admin", "admin");
  const set = await persist(stage, () =>
    admin.send("PUT", `os-quota-sets/${POOR}`, {
      quota_set: { volumes: -1, gigabytes: -1, snapshots: -1, per_volume_gigabytes: -1, ...limits },
    }),
  );
  if (set === undefined) return;
  await Promise.all([
    ...Array.from({ length: random.between(0, 2) }, () => churnVolume(stage, POOR)),
    ...volumes.slice(2, 6).map(async (volume) => {
      const transfer = await offer(volume);
      if (transfer === undefined) return;
      await hesitate(stage, 5);
      await clientOf(POOR).accept(transfer);
    }),
  ]);
};
