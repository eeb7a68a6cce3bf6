import { afterAll, beforeAll, inject } from "vitest";
import { describeContract } from "../contract/describe_contract.ts";
import { FacadeDeployment } from "./deployment.ts";

let running: FacadeDeployment;
beforeAll(async () => {
  // The proxy would not pass on the address of which Cinder makes links.
  running = await FacadeDeployment.start(inject("cinderUrl"), { CINDER_URL: inject("cinderUrl") });
});
afterAll(() => running?.stop());

// A later Cinder responds as an earlier one to the microversions of both.
const version = inject("cinderVersion");
describeContract("Cinder with the service in front", () => running.url, {
  isCinder: true,
  only: version === "21.3" ? version : undefined,
});
