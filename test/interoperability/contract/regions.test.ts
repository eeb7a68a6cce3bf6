import { afterAll, beforeAll, describe } from "vitest";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { describeContract } from "./describe_contract.ts";

let services: ServiceOnBoth;
beforeAll(async () => {
  services = await startOnBoth({ AUTH_STRATEGY: "noauth", REGIONS: "eu us" });
});
afterAll(() => services.stop());

describe.each(DATABASES)("one service with two regions on %s", (database) => {
  describe.each(["eu", "us"])("the region %s", (region) => {
    describeContract(`${region} on ${database}`, () => `${services[database].url}/${region}`);
  });
});
