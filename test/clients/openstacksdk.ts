import path from "node:path";
import * as z from "zod";
import type { Client, ClientUnderTest } from "./client.ts";
import { installed } from "./installation.ts";
import { clientError, exceptionClass, httpException } from "./openstack.ts";
import { type Party, withCloudsYaml } from "./project_members.ts";
import { callLibrary } from "./run_client.ts";

const PROGRAM = path.join(import.meta.dirname, "openstacksdk.py");

const made = z.object({ id: z.string() });
const things = z.array(z.object({ id: z.string(), status: z.string() }));
const transfer = z.object({ id: z.string(), name: z.string().nullable(), volume_id: z.string() });
const offer = transfer.extend({ auth_key: z.string() });

function connect(party: Party): Client {
  const variables = withCloudsYaml(party);
  const call = async <T>(schema: z.ZodType<T>, method: string, args: object = {}): Promise<T> =>
    schema.parse(await callLibrary(installed("python"), [PROGRAM, method, JSON.stringify(args)], variables));
  return {
    makeVolume: async (size) => (await call(made, "create_volume", { size })).id,
    makeSnapshot: async (volume_id) => (await call(made, "create_snapshot", { volume_id })).id,
    volumes: () => call(things, "volumes"),
    snapshots: () => call(things, "snapshots"),
    offer: (volume_id, { name, withoutSnapshots }) =>
      call(offer, "create_transfer", { volume_id, name, no_snapshots: withoutSnapshots }),
    list: () => call(z.array(transfer), "transfers", { details: true }),
    show: (transfer_id) => call(transfer, "get_transfer", { transfer: transfer_id }),
    find: (name_or_id) => call(transfer, "find_transfer", { name_or_id, ignore_missing: false }),
    accept: (id, auth_key) => call(transfer, "accept_transfer", { transfer: id, auth_key }),
    delete: async (id) => {
      await call(z.unknown(), "delete_transfer", { transfer: id, ignore_missing: false });
    },
  };
}

/** The library openstacksdk. It chooses the version of each request by itself: for transfers 3.55. */
export const openstacksdk: ClientUnderTest = {
  name: "openstacksdk",
  versions: ["default"],
  leavesSnapshots: true,
  connect,
  shows: {
    accept: (refusal) => ({ type: exceptionClass(refusal), message: httpException(refusal, "/accept") }),
    show: (refusal) => ({
      type: exceptionClass(refusal),
      message: `No Transfer found for ${refusal.transfer}: ${clientError(refusal)}`,
    }),
    delete: (refusal) => ({ type: exceptionClass(refusal), message: httpException(refusal) }),
  },
};
