import path from "node:path";
import * as z from "zod";
import type { Client, ClientUnderTest } from "./client.ts";
import { installedProgram } from "./installation.ts";
import { type ProjectMember, writeCloudsYaml } from "./project_members.ts";
import { callLibrary } from "./run_client.ts";
import { clientErrorText, exceptionClass, exceptionText } from "./sdk_exceptions.ts";

const PROGRAM = path.join(import.meta.dirname, "openstacksdk.py");

const created = z.object({ id: z.string() });
const resources = z.array(z.object({ id: z.string(), status: z.string() }));
const transfer = z.object({ id: z.string(), name: z.string().nullable(), volume_id: z.string() });
const createdTransfer = transfer.extend({ auth_key: z.string() });

function connect(member: ProjectMember): Client {
  const variables = writeCloudsYaml(member);
  const call = async <T>(schema: z.ZodType<T>, method: string, args: object = {}): Promise<T> => {
    const programArgs = [PROGRAM, method, JSON.stringify(args)];
    return schema.parse(await callLibrary(installedProgram("python"), programArgs, variables));
  };
  return {
    createVolume: async (size) => (await call(created, "create_volume", { size })).id,
    createSnapshot: async (volume_id) => (await call(created, "create_snapshot", { volume_id })).id,
    listVolumes: () => call(resources, "volumes"),
    listSnapshots: () => call(resources, "snapshots"),
    createTransfer: (volume_id, { name, noSnapshots }) =>
      call(createdTransfer, "create_transfer", { volume_id, name, no_snapshots: noSnapshots }),
    listTransfers: () => call(z.array(transfer), "transfers", { details: true }),
    showTransfer: (id) => call(transfer, "get_transfer", { transfer: id }),
    findTransfer: (name_or_id) => call(transfer, "find_transfer", { name_or_id, ignore_missing: false }),
    acceptTransfer: (id, auth_key) => call(transfer, "accept_transfer", { transfer: id, auth_key }),
    deleteTransfer: async (id) => {
      await call(z.unknown(), "delete_transfer", { transfer: id, ignore_missing: false });
    },
  };
}

/** The library openstacksdk. It chooses the microversion of each request by itself: 3.55 for transfers. */
export const openstacksdk: ClientUnderTest = {
  name: "openstacksdk",
  versions: ["default"],
  supportsNoSnapshots: true,
  connect,
  reports: {
    accept: (refusal) => ({ type: exceptionClass(refusal), message: exceptionText(refusal, "/accept") }),
    show: (refusal) => ({
      type: exceptionClass(refusal),
      message: `No Transfer found for ${refusal.transfer}: ${clientErrorText(refusal)}`,
    }),
    delete: (refusal) => ({ type: exceptionClass(refusal), message: exceptionText(refusal) }),
  },
};
