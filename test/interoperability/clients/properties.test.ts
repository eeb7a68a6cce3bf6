import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { CINDER_COMMANDS } from "./cinder.ts";
import { cinderVariables, openstackVariables } from "./client_config.ts";
import { titleOf } from "./deployments.ts";
import { installedProgram } from "./installation.ts";
import { OPENSTACK_COMMANDS } from "./openstack.ts";
import { parsePropertyTable, parseTable, tableCell } from "./pretty_table.ts";
import { createProjectMember, type ProjectMember } from "./project_members.ts";
import { ClientError, runCommand } from "./run_client.ts";

const created = z.object({ id: z.string() });
const shown = z.object({ properties: z.record(z.string(), z.string()) });
/** A key and a value that a shell, a URL or JSON could mistake. */
const KEY = "a.b:c-d_e 1";
const VALUE = `"it's" <é> \\ a=b`;

describe.each(inject("deployments").map((deployment) => [titleOf(deployment), deployment] as const))(
  "%s",
  (_title, deployment) => {
    let member: ProjectMember;
    let volume = "";
    let snapshot = "";

    const openstack = (args: readonly string[]) =>
      runCommand(installedProgram("openstack"), args, openstackVariables(member.credentials));
    const openstackJson = async <T>(schema: z.ZodType<T>, args: readonly string[]): Promise<T> =>
      schema.parse(JSON.parse(await openstack([...args, "--format", "json"])));
    const cinder = (...args: readonly string[]) =>
      runCommand(installedProgram("cinder"), args, cinderVariables(member.credentials));

    beforeAll(async () => {
      member = await createProjectMember(deployment, "alice");
      volume = (await openstackJson(created, OPENSTACK_COMMANDS.createVolume(1))).id;
      const output = await cinder(...CINDER_COMMANDS.createSnapshot(volume));
      snapshot = tableCell(parsePropertyTable(output), "id");
    });

    describe("openstack", () => {
      it.each([
        ["volume", ["volume"], () => volume],
        ["snapshot", ["volume", "snapshot"], () => snapshot],
      ])("sets and unsets properties of a %s", async (_kind, command, id) => {
        const properties = async () => (await openstackJson(shown, [...command, "show", id()])).properties;
        await openstack([...command, "set", "--property", "a=1", "--property", "b=2", id()]);
        await openstack([...command, "set", "--property", `${KEY}=${VALUE}`, "--property", "b=3", id()]);
        expect(await properties()).toEqual({ a: "1", b: "3", [KEY]: VALUE });
        await openstack([...command, "unset", "--property", KEY, "--property", "a", id()]);
        expect(await properties()).toEqual({ b: "3" });
        await openstack([...command, "set", "--no-property", "--property", "c=4", id()]);
        expect(await properties()).toEqual({ c: "4" });
        await openstack([...command, "unset", "--property", "c", id()]);
      });

      it("lists extensions, availability zones and the summary of volumes", async () => {
        const extensions = await openstack(["extension", "list", "--volume", "--format", "json"]);
        expect(JSON.parse(extensions)).toContainEqual(
          expect.objectContaining({ Name: "VolumeTransfer", Alias: "os-volume-transfer" }),
        );
        const zones = await openstack(["availability", "zone", "list", "--volume", "--format", "json"]);
        expect(JSON.parse(zones)).toEqual([{ "Zone Name": "nova", "Zone Status": "available" }]);
        const summary = await openstack([
          ...["--os-volume-api-version", "3.36", "volume", "summary"],
          ...["--format", "json"],
        ]);
        expect(JSON.parse(summary)).toMatchObject({ "Total Count": 1, "Total Size": 1 });
      });
    });

    describe("cinder", () => {
      it.each([
        ["volume", "metadata", () => volume],
        ["snapshot", "snapshot-metadata", () => snapshot],
      ])("sets and unsets the metadata of a %s", async (_kind, command, id) => {
        // The table has the columns `Metadata-property` and `Value`.
        const show = async () =>
          Object.fromEntries(
            parseTable(await cinder(`${command}-show`, id())).map((row) => Object.values(row).slice(0, 2)),
          );
        await cinder(command, id(), "set", "a=1", "b=2");
        await cinder(command, id(), "set", "b=3", `${KEY}=v`);
        expect(await show()).toEqual({ a: "1", b: "3", [KEY]: "v" });
        await cinder(command, id(), "unset", "a", KEY);
        expect(await show()).toEqual({ b: "3" });
        await cinder(`${command}-update-all`, id(), "c=4");
        expect(await show()).toEqual({ c: "4" });
        await expect(cinder(command, id(), "set", "k@y=v")).rejects.toThrow(ClientError);
        await cinder(command, id(), "unset", "c");
        expect(await show()).toEqual({});
      });

      it("lists extensions, availability zones and the summary of volumes", async () => {
        const extensions = parseTable(await cinder("list-extensions"));
        expect(extensions).toContainEqual(expect.objectContaining({ Alias: "os-volume-transfer" }));
        expect(parseTable(await cinder("availability-zone-list"))).toEqual([
          { Name: "nova", Status: "available" },
        ]);
        expect(parsePropertyTable(await cinder("summary"))).toMatchObject({
          total_count: "1",
          total_size: "1",
        });
      });
    });
  },
);
