import { describe, expect, inject, it } from "vitest";
import { titleOf } from "./deployments.ts";
import { gophercloud, listPages } from "./gophercloud.ts";
import { createProjectMember } from "./project_members.ts";
import { describeTransferLifecycle } from "./transfer_lifecycle.ts";

/** Before this microversion, lists of transfers have no pages. */
const PAGINATION = "3.59";

describe("gophercloud", () => {
  describeTransferLifecycle(gophercloud);

  describe.each(inject("deployments").map((deployment) => [titleOf(deployment), deployment] as const))(
    "%s",
    (title, deployment) => {
      const operation = "list transfers page by page";
      const cell = { client: gophercloud.name, operation, deployment: title, version: PAGINATION };
      it(operation, { meta: { cell } }, async () => {
        const member = await createProjectMember(deployment, "alice");
        const client = gophercloud.connect(member, PAGINATION);
        for (const name of ["1", "2", "3", "4", "5"]) {
          await client.createTransfer(await client.createVolume(1), { name });
        }
        expect(await listPages(member, PAGINATION, 2)).toEqual([["1", "2"], ["3", "4"], ["5"]]);
      });
    },
  );
});
