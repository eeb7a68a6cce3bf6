import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { startBrowser } from "../../service/browser/chromium.ts";
import { Client } from "../../support/client.ts";
import type { RestartableServer } from "../../support/restartable_server.ts";
import { type Cleanups, type Deployment, deployWithKeystone } from "../clients/deployments.ts";
import { REGION } from "../keystone/data.ts";
import { type Keystone, USERS } from "../keystone/keystone.ts";
import { describeTransfers } from "./describe_transfers.ts";
import { startHorizon } from "./horizon.ts";

const cleanups: Cleanups = [];
let keystone: Keystone;
let deployments: readonly Deployment[];
let horizon: RestartableServer;
let browser: Browser;
beforeAll(async () => {
  ({ keystone, deployments } = await deployWithKeystone(cleanups));
  horizon = await startHorizon(keystone.url);
  cleanups.push(() => horizon.kill());
  browser = await startBrowser();
  cleanups.push(() => browser.close());
});
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

for (const [database, region] of [
  ["D1", REGION],
  ["libSQL", "RegionTwo"],
] as const) {
  describeTransfers(`on ${database}`, () => {
    const client = async (user: "alice" | "bob") => {
      const service = deployments.find((deployment) => deployment.database === database);
      return new Client(service?.url ?? "", {
        token: await keystone.token(user),
        project: keystone.projects[USERS[user].project],
      });
    };
    const createVolume = async (user: "alice", properties: object) =>
      (await client(user)).createVolume(properties);
    return { horizonUrl: horizon.url, region, browser, keystone, client, createVolume };
  });
}
