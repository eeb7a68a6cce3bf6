import { expect } from "vitest";
import { POLICY } from "../../../src/identity/policy.ts";
import { Client } from "../../support/client.ts";
import { type Operation, type Resources, ROLES, type Role, roleOf } from "./operation.ts";

/** A user with a token of a project. */
export interface Caller {
  readonly token: string;
  readonly project: string;
  /** The greatest of its roles. */
  readonly role: Role;
}

/**
 * Calls an operation as every caller, on resources of each project, and checks the statuses. Projects must have no
 * quota, for the resources are not deleted.
 *
 * @param owners a member of each project
 */
export async function checkAuthorization(
  url: string,
  operation: Operation,
  callers: readonly Caller[],
  owners: readonly Caller[],
): Promise<void> {
  for (const owner of owners) {
    let resources: Resources | undefined;
    for (const caller of callers) {
      const ownProject = owner.project === caller.project;
      if (!ownProject && operation.otherProject === undefined) continue;
      resources ??= await createResources(new Client(url, owner));
      const [method, path, body] = operation.request(resources);
      const response = await new Client(url, caller).send(method, path, body);
      const what = `${operation.name}: ${caller.role} of ${ownProject ? "the same" : "another"} project`;
      expect({ what, status: response.status }).toEqual({
        what,
        status: expectedStatus(operation, caller.role, ownProject),
      });
      if (response.status === 403) {
        const { rule, ruleOfRoute } = operation;
        const broken =
          ruleOfRoute !== undefined && isLess(caller.role, POLICY[ruleOfRoute]) ? ruleOfRoute : rule;
        expect(response.body.forbidden?.message).toBe(`Policy doesn't allow ${broken} to be performed.`);
      }
      if (response.status < 400) {
        expect(response.headers.get("Cache-Control")).toBe("no-store");
        // A resource may be used up.
        if (method !== "GET") resources = undefined;
      }
    }
  }
}

const isLess = (role: Role, required: Role): boolean => ROLES.indexOf(role) < ROLES.indexOf(required);

function expectedStatus(operation: Operation, role: Role, ownProject: boolean): number {
  if (isLess(role, roleOf(operation))) return 403;
  if (ownProject || operation.otherProject === undefined) return operation.allowed;
  return role === "admin" ? operation.otherProject.admin : operation.otherProject.others;
}

async function createResources(client: Client): Promise<Resources> {
  const metadata = { key: "value" };
  const [[volume, snapshot], { id: transfer, auth_key }] = await Promise.all([
    client
      .createVolume({ metadata })
      .then(async (volume) => [volume, await client.createSnapshot(volume, { metadata })] as const),
    client.createVolumeAndTransfer(),
  ]);
  return { project: client.project, volume, snapshot, transfer, auth_key };
}
