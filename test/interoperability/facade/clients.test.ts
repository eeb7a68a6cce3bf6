import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { MAX_MICROVERSION } from "../../../src/http/microversions.ts";
import { cinder } from "../clients/cinder.ts";
import { cinderVariables, openstackVariables } from "../clients/client_config.ts";
import { gophercloud } from "../clients/gophercloud.ts";
import { installClients, installedProgram } from "../clients/installation.ts";
import { openstack } from "../clients/openstack.ts";
import { openstacksdk } from "../clients/openstacksdk.ts";
import { parsePropertyTable, tableCell } from "../clients/pretty_table.ts";
import { createProjectMember, type ProjectMember } from "../clients/project_members.ts";
import { ClientError, runCommand } from "../clients/run_client.ts";
import { describeTransferLifecycle } from "../clients/transfer_lifecycle.ts";
import { REGION } from "../keystone/data.ts";
import { startFacadeCloud } from "./cloud.ts";

await installClients();
const cloud = await startFacadeCloud();
afterAll(() => cloud.stop());
// The clients find the service by the catalog.
const deployment = {
  auth: "Keystone",
  database: "libSQL",
  url: cloud.url,
  keystone: { url: cloud.keystone.url, region: REGION, password: cloud.keystone.password },
} as const;
const VERSIONS = ["default", `3.${MAX_MICROVERSION}`] as const;

describe.each([openstack, cinder, openstacksdk, gophercloud])(
  "$name with the service in front of a Cinder",
  (client) => {
    for (const version of VERSIONS.filter((one) => client.versions.includes(one)))
      describeTransferLifecycle({ ...client, versions: [version] }, [deployment]);
  },
);

describe("ordinary commands for volumes, in front of a Cinder", () => {
  let alice: ProjectMember;
  beforeAll(async () => {
    alice = await createProjectMember(deployment, "alice");
  });
  const openstackCommand = (...args: readonly string[]) =>
    runCommand(installedProgram("openstack"), args, openstackVariables(alice.credentials));
  const cinderCommand = (...args: readonly string[]) =>
    runCommand(installedProgram("cinder"), args, cinderVariables(alice.credentials));
  const untilStatus = async (status: string, read: () => Promise<string>) => {
    await expect.poll(read, { timeout: 60_000, interval: 500 }).toContain(status);
  };

  it("of openstack", async () => {
    const { id } = z
      .object({ id: z.string() })
      .parse(
        JSON.parse(
          await openstackCommand(
            ...["volume", "create", "--size", "1", "--property", "colour=red", "--format", "json", "web"],
          ),
        ),
      );
    const show = () => openstackCommand("volume", "show", id);
    await untilStatus("available", show);
    await openstackCommand("volume", "set", "--name", "shop", "--size", "2", id);
    await untilStatus("available", show);
    expect(await show()).toMatch(/size +\| 2 /);
    expect(await openstackCommand("volume", "list", "--property", "colour=red")).toContain("shop");
    expect(await openstackCommand("volume", "list", "--property", "colour=blue")).not.toContain("shop");
    expect(await openstackCommand("volume", "type", "list")).toContain("__DEFAULT__");
    expect(await openstackCommand("limits", "show", "--absolute")).toMatch(/totalVolumesUsed +\| +1 /);
    await openstackCommand("volume", "delete", id);
    await expect.poll(() => openstackCommand("volume", "list"), { timeout: 60_000 }).not.toContain(id);
    await expect(show()).rejects.toThrow(ClientError);
  });

  it("of cinder", async () => {
    const id = tableCell(
      parsePropertyTable(await cinderCommand("create", "--name", "web", "--metadata", "colour=red", "1")),
      "id",
    );
    const show = () => cinderCommand("show", id);
    await untilStatus("available", show);
    await cinderCommand("extend", id, "2");
    await untilStatus("available", show);
    await cinderCommand("set-bootable", id, "true");
    await cinderCommand("rename", id, "shop");
    expect(await cinderCommand("list", "--metadata", "colour=red")).toContain("shop");
    expect(await cinderCommand("list", "--with-count", "--limit", "1")).toContain("Volume in total: 1");
    expect(await cinderCommand("quota-show", alice.projectId)).toMatch(/gigabytes/);
    await cinderCommand("snapshot-create", "--name", "before", id);
    await untilStatus("available", () => cinderCommand("snapshot-list"));
    await cinderCommand("delete", "--cascade", id);
    await expect.poll(() => cinderCommand("list"), { timeout: 60_000 }).not.toContain(id);
    await expect(show()).rejects.toThrow(ClientError);
  });
});
