import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, inject, it } from "vitest";
import { FollowedService } from "./deployment.ts";

const HANDOVERS = 200;
const VOLUMES = 16;
const PROJECTS = 4;
/** How often the follower is killed at a point at which it was killed before. */
const KILL_CHANCE = 0.02;

let running: FollowedService;
afterEach(() => running?.stop());

const pick = <T>(values: readonly T[]): T => {
  const value = values[Math.floor(Math.random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

it.each(["feed", "webhooks"] as const)(
  "examples/cinder --%s moves every volume and its snapshots as the service, although it is killed at any point",
  async (mode) => {
    running = await FollowedService.start(inject("cinderUrl"), mode);
    const { follower, proxy } = running;
    const projects: string[] = [];
    for (let i = 0; i < PROJECTS; i++) projects.push(await running.createProject());
    const owners = new Map<string, string>();
    const create = async (snapshots: number): Promise<void> => {
      const project = pick(projects);
      owners.set(await running.createVolume(project, snapshots), project);
    };
    for (let i = 0; i < VOLUMES; i += 4) await Promise.all([0, 0, 1, 2].map(create));
    await running.import();
    const volumes = [...owners.keys()];

    const killedAt = new Set<string>();
    proxy.onPoint = (point) => {
      if (killedAt.has(point) && Math.random() > KILL_CHANCE) return;
      killedAt.add(point);
      // Before the response arrives, or soon afterwards.
      setTimeout(() => follower.kill(), Math.random() < 0.5 ? 0 : Math.random() * 50);
    };
    await follower.start();
    let handovers = 0;
    const handOver = async (volume: string, to: string, no_snapshots: boolean): Promise<void> => {
      await running.handOver(volume, owners.get(volume) ?? "", to, no_snapshots);
      owners.set(volume, to);
      handovers++;
    };
    while (handovers < HANDOVERS) {
      const volume = pick(volumes);
      const from = owners.get(volume) ?? "";
      const no_snapshots = Math.random() < 0.3;
      await handOver(volume, pick(projects), no_snapshots);
      // Back at once.
      if (Math.random() < 0.2) await handOver(volume, from, no_snapshots);
      await sleep(50);
    }
    await running.untilApplied();

    const [theirs = {}, ours = {}] = await Promise.all(
      [running.cinder(), running.service()].map((api) => running.owners(api, volumes)),
    );
    expect(theirs).toEqual(ours);
    const compared = Object.keys(ours).length;
    expect(compared).toBe(VOLUMES + (VOLUMES / 4) * 3);
    expect(follower.kills).toBeGreaterThanOrEqual(10);
    console.log(
      `${mode}: ${handovers} handovers, ${follower.kills} kills at ${killedAt.size} points, ` +
        `${compared} owners compared, 0 differ`,
    );
  },
);
