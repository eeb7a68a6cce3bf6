import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { startBrowser } from "../../service/browser/chromium.ts";
import type { RestartableServer } from "../../support/restartable_server.ts";
import { describeTransfers } from "../horizon/describe_transfers.ts";
import { startHorizon } from "../horizon/horizon.ts";
import { installHorizon } from "../horizon/installation.ts";
import { REGION } from "../keystone/data.ts";
import { type FacadeCloud, startFacadeCloud } from "./cloud.ts";

let cloud: FacadeCloud;
let horizon: RestartableServer;
let browser: Browser;
beforeAll(async () => {
  // No process is started in the background, so none can end unexpectedly.
  await installHorizon(new Processes(() => {}));
  cloud = await startFacadeCloud();
  horizon = await startHorizon(cloud.keystone.url);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await horizon?.kill();
  await cloud?.stop();
});

describeTransfers("with the service in front of a Cinder", () => ({
  ...cloud,
  horizonUrl: horizon.url,
  region: REGION,
  browser,
}));
