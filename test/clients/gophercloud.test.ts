import { describe, expect, inject, it } from "vitest";
import { titleOf } from "./deployments.ts";
import { gophercloud, pageThrough } from "./gophercloud.ts";
import { newParty } from "./project_members.ts";
import { describeLife } from "./transfer_lifecycle.ts";

describe("gophercloud", () => {
  describeLife(gophercloud);

  describe.each(inject("deployments").map((deployment) => [titleOf(deployment), deployment] as const))(
    "%s",
    (title, deployment) => {
      const operation = "list the offers over several pages";
      // Before 3.59 the API has no pages.
      const version = "3.59";
      const cell = { client: gophercloud.name, operation, deployment: title, version };
      it(operation, { meta: { cell } }, async () => {
        const party = await newParty(deployment, "alice");
        const client = gophercloud.connect(party, version);
        for (const name of ["1", "2", "3", "4", "5"]) {
          await client.offer(await client.makeVolume(1), { name });
        }
        expect(await pageThrough(party, version, 2)).toEqual([["5", "4"], ["3", "2"], ["1"]]);
      });
    },
  );
});
