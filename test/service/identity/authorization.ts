import { expect } from "vitest";
import { Client } from "../../support/client.ts";
import { type Operation, type Resources, ROLES, type Role } from "./operation.ts";

/** A user with a token of a project. */
export interface Caller {
  readonly token: string;
  readonly project: string;
  /** The greatest of its roles. */
  readonly role: Role;
}

/**
 * Calls an operation as every caller, on new resources of each project, and checks the statuses. Projects must have no
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
  for (const caller of callers) {
    for (const owner of owners) {
      const ownProject = owner.project === caller.project;
      if (!ownProject && operation.otherProject === undefined) continue;
      const resources = await createResources(new Client(url, owner));
      const { method, path, body } = operation.request(resources);
      const response = await new Client(url, caller).send(method, path, body);
      const what = `${operation.name}: ${caller.role} of ${ownProject ? "the same" : "another"} project`;
      expect({ what, status: response.status }).toEqual({
        what,
        status: expectedStatus(operation, caller.role, ownProject),
      });
      if (response.status === 403) {
        expect(response.body.forbidden?.message).toMatch(
          /^Policy doesn't allow (volume|snapshot|limits|events)\S+ to be performed\.$/,
        );
      }
      if (response.status < 400) expect(response.headers.get("Cache-Control")).toBe("no-store");
    }
  }
}

function expectedStatus(operation: Operation, role: Role, ownProject: boolean): number {
  if (ROLES.indexOf(role) < ROLES.indexOf(operation.role)) return 403;
  if (ownProject || operation.otherProject === undefined) return operation.allowed;
  return role === "admin" ? operation.otherProject.admin : operation.otherProject.others;
}

async function createResources(client: Client): Promise<Resources> {
  const metadata = { key: "value" };
  const volume = await client.createVolume({ metadata });
  const snapshot = await client.createSnapshot(volume, { metadata });
  const { id: transfer, auth_key } = await client.createVolumeAndTransfer();
  return { project: client.project, volume, snapshot, transfer, auth_key };
}
