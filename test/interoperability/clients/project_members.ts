import { writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { temporaryFolder } from "../../../src/cli/settings/settings.ts";
import { IdentityApi } from "../keystone/api.ts";
import { type Credentials, cloudsYaml, cloudsYamlVariables } from "./client_config.ts";
import type { Deployment } from "./deployments.ts";

/** A user with the role `member` in a project that no other test uses. */
export interface ProjectMember {
  readonly credentials: Credentials;
  /** The id of the project. */
  readonly projectId: string;
  /** The endpoint of the service for the project. */
  readonly endpoint: string;
  /** Returns a new token, for clients that do not log in by themselves. */
  readonly token: () => Promise<string>;
}

/** Users that exist in Keystone. */
export type UserName = "alice" | "bob";

/** Creates a project and makes a user a member of it, or an admin. */
export async function createProjectMember(
  deployment: Deployment,
  user: UserName,
  role: "member" | "admin" = "member",
): Promise<ProjectMember> {
  const project = crypto.randomUUID().replaceAll("-", "");
  const { url } = deployment;
  if (deployment.auth === "no-auth") {
    const credentials = {
      auth: "no-auth",
      url,
      user,
      project,
      ...(role === "admin" && { role }),
    } as const;
    const token = async () => `${user}:${project}${role === "admin" ? ":admin" : ""}`;
    return { credentials, projectId: project, endpoint: `${url}/v3/${project}`, token };
  }
  const { keystone } = deployment;
  const projectId = await createKeystoneProject(keystone, project, user, role);
  return {
    credentials: { auth: "Keystone", ...keystone, user, project },
    projectId,
    endpoint: `${url}/v3/${projectId}`,
    token: () => new IdentityApi(keystone.url).passwordToken(user, keystone.password, project),
  };
}

/**
 * Writes a `clouds.yaml` for a project member.
 *
 * @returns the environment variables for a client that reads it
 */
export function writeCloudsYaml({ credentials }: ProjectMember): Record<string, string> {
  const file = path.join(temporaryFolder(), "clouds.yaml");
  writeFileSync(file, cloudsYaml(credentials));
  return { ...cloudsYamlVariables, OS_CLIENT_CONFIG_FILE: file };
}

/** Sets quotas of a project. */
export const setQuota = (
  deployment: Deployment,
  { projectId }: ProjectMember,
  limits: Readonly<Record<string, number>>,
): Promise<void> => requestQuota(deployment, projectId, "PUT", { quota_set: limits });

/** Resets the quotas of a project to their defaults. */
export const resetQuota = (deployment: Deployment, { projectId }: ProjectMember): Promise<void> =>
  requestQuota(deployment, projectId, "DELETE");

async function requestQuota(
  deployment: Deployment,
  projectId: string,
  method: "PUT" | "DELETE",
  body?: object,
): Promise<void> {
  const { id, token } = await adminToken(deployment);
  const { ok, status } = await fetch(`${deployment.url}/v3/${id}/os-quota-sets/${projectId}`, {
    method,
    headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!ok) throw new Error(`${method} of the quota of ${projectId}: status ${status}`);
}

const responseBody = z.record(z.string(), z.unknown());
const resource = z.object({ id: z.string() });

/** Returns the id of the admin's project, and a token of the admin. */
async function adminToken(deployment: Deployment): Promise<{ id: string; token: string }> {
  if (deployment.auth === "no-auth") return { id: "admin", token: "root:admin:admin" };
  const { url, password } = deployment.keystone;
  const api = new IdentityApi(url);
  const token = await api.passwordToken("admin", password, "admin");
  return { id: await findId(api, token, "projects", "admin"), token };
}

/** Creates a project in Keystone with a user in a role, and returns the id of the project. */
async function createKeystoneProject(
  { url, password }: { readonly url: string; readonly password: string },
  name: string,
  user: UserName,
  role: "member" | "admin",
): Promise<string> {
  const api = new IdentityApi(url);
  const token = await api.passwordToken("admin", password, "admin");
  const created = responseBody.parse(await api.call(token, "POST", "/projects", { project: { name } }));
  const { id } = resource.parse(created.project);
  const [userId, roleId] = await Promise.all([
    findId(api, token, "users", user),
    findId(api, token, "roles", role),
  ]);
  await api.call(token, "PUT", `/projects/${id}/users/${userId}/roles/${roleId}`);
  return id;
}

/** Finds the id of a resource of Keystone by its name. */
async function findId(
  api: IdentityApi,
  token: string,
  collection: "projects" | "users" | "roles",
  name: string,
): Promise<string> {
  const found = responseBody.parse(await api.call(token, "GET", `/${collection}?name=${name}`));
  return z.tuple([resource]).parse(found[collection])[0].id;
}
