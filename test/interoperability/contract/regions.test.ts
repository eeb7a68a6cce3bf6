import { afterAll, beforeAll, describe } from "vitest";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { describeContract } from "./describe_contract.ts";

let services: ServiceOnBoth;
beforeAll(async () => {
  services = await startOnBoth({ AUTH_STRATEGY: "noauth", REGIONS: "eu us" });
});
afterAll(() => services.stop());

// The databases of the regions are of one kind. Each region is tried on one of the two kinds.
describe.each([
  ["D1", "us"],
  ["libSQL", "eu"],
] as const)("one service with two regions on %s: the region %s", (database, region) => {
  describeContract(`${region} on ${database}`, () => `${services[database].url}/${region}`);
});
