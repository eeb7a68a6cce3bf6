import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { cinderVariables, openstackVariables } from "./client_config.ts";
import { titleOf } from "./deployments.ts";
import { installedProgram } from "./installation.ts";
import { parsePropertyTable, parseTable, tableCell } from "./pretty_table.ts";
import { createProjectMember, type ProjectMember } from "./project_members.ts";
import { ClientError, runCommand } from "./run_client.ts";

const created = z.object({ id: z.string() });
const shown = z.looseObject({
  name: z.string(),
  size: z.int(),
  status: z.string(),
  bootable: z.union([z.string(), z.boolean()]).transform(String),
  snapshot_id: z.string().nullable(),
  source_volid: z.string().nullish(),
});
const listed = z.array(z.object({ Name: z.string() }));

// A client does not see the database: each authentication is tested with one, since clients take long to start.
const deployments = inject("deployments").filter(
  ({ auth, database }) => (auth === "no-auth") === (database === "D1"),
);

describe.each(deployments.map((deployment) => [titleOf(deployment), deployment] as const))(
  "%s",
  (_title, deployment) => {
    let member: ProjectMember;
    let admin: ProjectMember;
    let host = "";
    beforeAll(async () => {
      member = await createProjectMember(deployment, "alice");
      admin = await createProjectMember(deployment, "bob", "admin");
    });
    beforeEach(() => {
      host = `${crypto.randomUUID()}@lvm#pool`;
    });

    const openstack = (args: readonly string[], as = member) =>
      runCommand(installedProgram("openstack"), args, openstackVariables(as.credentials));
    const openstackJson = async <T>(schema: z.ZodType<T>, args: readonly string[], as = member) =>
      schema.parse(JSON.parse(await openstack([...args, "--format", "json"], as)));
    const cinder = (args: readonly string[], as = member) =>
      runCommand(installedProgram("cinder"), args, cinderVariables(as.credentials));

    const create = async (name: string, ...options: readonly string[]) =>
      (await openstackJson(created, ["volume", "create", "--size", "1", ...options, name])).id;
    const show = (id: string, as = member) => openstackJson(shown, ["volume", "show", id], as);
    const remove = (id: string) => openstack(["volume", "delete", id]);

    describe("openstack", () => {
      it("manages and unmanages a volume", async () => {
        const remote = ["volume", "create", "--host", host, "--remote-source", "source-name=lun-1"];
        const { id } = await openstackJson(
          created,
          [...remote, "--remote-source", "size=7", "adopted"],
          admin,
        );
        expect(await show(id, admin)).toMatchObject({
          name: "adopted",
          size: 7,
          status: "available",
          "os-vol-host-attr:host": host,
        });
        await expect(openstack([...remote, "no size"], admin)).rejects.toThrow(
          /no back end to ask for the size/,
        );
        await expect(openstack([...remote, "--remote-source", "size=7", "x"])).rejects.toThrow(ClientError);
        await openstack(["volume", "delete", "--remote", id], admin);
        await expect(show(id, admin)).rejects.toThrow(/No Volume found|No volume with/i);
      });

      it("extends a volume, and makes it bootable and read-only", async () => {
        const id = await create("extended");
        await openstack(["volume", "set", "--size", "3", "--bootable", "--read-only", id]);
        expect(await show(id)).toMatchObject({ size: 3, bootable: "true" });
        expect(JSON.stringify(await show(id))).toMatch(/readonly/);
        await openstack(["volume", "set", "--non-bootable", "--read-write", id]);
        expect(await show(id)).toMatchObject({ bootable: "false" });
        await remove(id);
      });

      it("creates volumes of a volume and of a snapshot", async () => {
        const source = await create("source");
        const { id: copy } = await openstackJson(created, ["volume", "create", "--source", source, "copy"]);
        expect(await show(copy)).toMatchObject({ size: 1, source_volid: source });
        const { id: snapshot } = await openstackJson(created, [
          ...["volume", "snapshot", "create", "--volume", source, "snapshot"],
        ]);
        const { id: clone } = await openstackJson(created, [
          ...["volume", "create", "--snapshot", snapshot, "--size", "2", "clone"],
        ]);
        expect(await show(clone)).toMatchObject({ size: 2, snapshot_id: snapshot });
        await openstack(["volume", "delete", copy, clone]);
        await openstack(["volume", "delete", "--purge", source]);
        await expect(show(source)).rejects.toThrow(ClientError);
      });

      it("lists the volumes with a property", async () => {
        const ids = [await create("one", "--property", "colour=red"), await create("two")];
        expect(await openstackJson(listed, ["volume", "list", "--property", "colour=red"])).toEqual([
          { Name: "one" },
        ]);
        expect(await openstackJson(listed, ["volume", "list", "--property", "colour=blue"])).toEqual([]);
        await openstack(["volume", "delete", ...ids]);
      });

      it("resets states, and deletes with force", async () => {
        const id = await create("stuck");
        await openstack(["volume", "set", "--state", "error_deleting", "--attached", id], admin);
        await expect(openstack(["volume", "delete", "--force", id], admin)).rejects.toThrow(/attached/);
        await openstack(["volume", "set", "--detached", id], admin);
        await openstack(["volume", "delete", "--force", id], admin);
        await expect(show(id)).rejects.toThrow(ClientError);
      });
    });

    describe("cinder", () => {
      it("manages and unmanages a volume", async () => {
        const output = await cinder(["manage", "--name", "adopted", host, "lun-1,size=7"], admin);
        const row = parsePropertyTable(output);
        expect(tableCell(row, "size")).toBe("7");
        expect(tableCell(row, "os-vol-host-attr:host")).toBe(host);
        expect(tableCell(row, "os-volume-manage:ref")).toMatch(/source-name\W+lun-1/);
        await expect(cinder(["manage", host, "lun-2"], admin)).rejects.toThrow(/no back end to ask/);
        await cinder(["unmanage", tableCell(row, "id")], admin);
        await expect(cinder(["show", tableCell(row, "id")], admin)).rejects.toThrow(/No volume with/);
      });

      it("extends a volume, and sets its flags", async () => {
        const id = await create("extended");
        await cinder(["extend", id, "2"]);
        await cinder(["set-bootable", id, "true"]);
        await cinder(["readonly-mode-update", id, "true"]);
        const row = parsePropertyTable(await cinder(["show", id]));
        expect([tableCell(row, "size"), tableCell(row, "bootable")]).toEqual(["2", "true"]);
        expect(tableCell(row, "metadata")).toMatch(/readonly\W+True/);
        await remove(id);
      });

      it("lists with metadata, a part of a name, and the number of all", async () => {
        const ids = [await create("first", "--property", "colour=red"), await create("second")];
        const names = (output: string) => parseTable(output).map((row) => tableCell(row, "Name"));
        expect(names(await cinder(["list", "--metadata", "colour=red"]))).toEqual(["first"]);
        expect(names(await cinder(["list", "--filters", "name~=cond"]))).toEqual(["second"]);
        expect(names(await cinder(["list", "--filters", "created_at=lt:2000-01-01T00:00:00"]))).toEqual([]);
        expect(await cinder(["list", "--with-count", "--limit", "1"])).toMatch(/Volume in total: 2/);
        expect(await cinder(["snapshot-list", "--with-count"])).toMatch(/Snapshot in total: 0/);
        expect(await cinder(["list-filters", "--resource", "volume"])).toMatch(/name~/);
        await openstack(["volume", "delete", ...ids]);
      });

      // `openstack volume type list --property` sends no filter.
      it("lists the types with an extra spec", async () => {
        const name = crypto.randomUUID();
        await openstack(["volume", "type", "create", "--property", `multiattach=${name}`, name], admin);
        const list = async (value: string) =>
          parseTable(await cinder(["type-list", "--filters", `extra_specs={multiattach:${value}}`])).map(
            (row) => tableCell(row, "Name"),
          );
        expect(await list(name)).toEqual([name]);
        expect(await list("no")).toEqual([]);
        await openstack(["volume", "type", "delete", name], admin);
      });

      it("resets states, and deletes with force and with snapshots", async () => {
        const id = await create("stuck");
        await cinder(["reset-state", "--state", "error", "--attach-status", "attached", id], admin);
        await expect(cinder(["force-delete", id], admin)).rejects.toThrow(ClientError);
        await cinder(["reset-state", "--attach-status", "detached", "--reset-migration-status", id], admin);
        await cinder(["force-delete", id], admin);
        const parent = await create("parent");
        await cinder(["snapshot-create", parent]);
        await cinder(["delete", "--cascade", parent]);
        await expect(show(parent)).rejects.toThrow(ClientError);
      });
    });
  },
);
