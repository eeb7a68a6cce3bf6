import path from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { titleOf } from "./deployments.ts";
import { installedProgram } from "./installation.ts";
import { openstacksdk } from "./openstacksdk.ts";
import { createProjectMember, type ProjectMember } from "./project_members.ts";
import { callLibrary } from "./run_client.ts";

const PROGRAM = path.join(import.meta.dirname, "horizon.py");
/** The limits of Horizon's form to accept a transfer. */
const MAX_KEY_LENGTH = 16;
const MAX_ID_LENGTH = 36;

/** The properties of a transfer that Horizon reads. */
const transfer = z.object({
  id: z.string(),
  name: z.string(),
  volume_id: z.string(),
  created_at: z.iso.datetime({ local: true }),
});

/** Calls python-cinderclient as Horizon does for a user who is logged in. */
async function call<T>(
  schema: z.ZodType<T>,
  member: ProjectMember,
  method: string,
  args: object,
): Promise<T> {
  const session = {
    OS_TOKEN: await member.token(),
    OS_PROJECT_ID: member.projectId,
    CINDER_ENDPOINT: member.endpoint,
  };
  const programArgs = [PROGRAM, method, JSON.stringify(args)];
  return schema.parse(await callLibrary(installedProgram("python"), programArgs, session));
}

describe.each(inject("deployments").map((deployment) => [titleOf(deployment), deployment] as const))(
  "Horizon, %s",
  (title, deployment) => {
    const operation = (name: string, body: () => Promise<void>): void => {
      const cell = { client: "Horizon", operation: name, deployment: title, version: "default" };
      it(name, { meta: { cell } }, body);
    };

    // Each test continues with the state that the tests before it have left.
    let donor: ProjectMember;
    let recipient: ProjectMember;
    let volume = "";
    let created = { id: "", auth_key: "" };
    beforeAll(async () => {
      [donor, recipient] = await Promise.all([
        createProjectMember(deployment, "alice"),
        createProjectMember(deployment, "bob"),
      ]);
      volume = await openstacksdk.connect(donor, "default").createVolume(1);
    });

    operation("create a transfer whose id and auth_key fit into the form", async () => {
      const response = transfer.extend({
        id: z.string().max(MAX_ID_LENGTH),
        auth_key: z.string().max(MAX_KEY_LENGTH),
      });
      created = await call(response, donor, "create", { volume_id: volume, name: "my transfer" });
    });

    operation("list transfers in detail", async () => {
      const [listed, ...others] = await call(z.array(transfer), donor, "list", { detailed: true });
      expect(listed).toMatchObject({ id: created.id, name: "my transfer", volume_id: volume });
      expect(others).toEqual([]);
    });

    operation("accept a transfer", async () => {
      const form = { transfer_id: created.id, auth_key: created.auth_key };
      const response = z.object({ id: z.string(), volume_id: z.string() });
      expect(await call(response, recipient, "accept", form)).toMatchObject({ volume_id: volume });
      const volumes = await openstacksdk.connect(recipient, "default").listVolumes();
      expect(volumes).toMatchObject([{ id: volume }]);
    });
  },
);
