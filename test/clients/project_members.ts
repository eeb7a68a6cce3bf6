import { writeFileSync } from "node:fs";
import path from "node:path";
import { inject } from "vitest";
import * as z from "zod";
import { IdentityApi } from "../keystone/api.ts";
import { cloudsYaml, cloudsYamlVariables, type Login } from "./client_config.ts";
import type { Deployment } from "./deployments.ts";

/** One end of a transfer: somebody who is a member of a project that nobody else uses. */
export interface Party {
  readonly login: Login;
  /** The id of the project. */
  readonly project: string;
  /** The address under which the service has what is the project's. */
  readonly endpoint: string;
  /** A token, for whoever wants one rather than a password. */
  readonly token: () => Promise<string>;
}

/** Who the parties are: both are users of the Keystone. */
export type User = "alice" | "bob";

/** A user in a new project. */
export async function newParty(deployment: Deployment, user: User): Promise<Party> {
  const name = crypto.randomUUID().replaceAll("-", "");
  const { url } = deployment;
  if (deployment.auth === "no-auth") {
    const login = { auth: "no-auth", url, user, project: name } as const;
    return { login, project: name, endpoint: `${url}/v3/${name}`, token: async () => `${user}:${name}` };
  }
  const { keystone } = deployment;
  const project = await newProject(keystone, name, user);
  return {
    login: { auth: "Keystone", ...keystone, user, project: name },
    project,
    endpoint: `${url}/v3/${project}`,
    token: () => new IdentityApi(keystone.url).passwordToken(user, keystone.password, name),
  };
}

/**
 * The variables for a client that reads `clouds.yaml`.
 *
 * @returns them, once the party's file is written
 */
export function withCloudsYaml(party: Party): Record<string, string> {
  const file = path.join(inject("folder"), `${party.project}.yaml`);
  writeFileSync(file, cloudsYaml(party.login));
  return { ...cloudsYamlVariables, OS_CLIENT_CONFIG_FILE: file };
}

/** Sets limits of a party's project, or, without, back to what they are by default. */
export async function limit(
  deployment: Deployment,
  { project }: Party,
  limits?: Readonly<Record<string, number>>,
): Promise<void> {
  const { id, token } = await admin(deployment);
  const { ok, status } = await fetch(`${deployment.url}/v3/${id}/os-quota-sets/${project}`, {
    method: limits === undefined ? "DELETE" : "PUT",
    headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
    body: limits === undefined ? null : JSON.stringify({ quota_set: limits }),
  });
  if (!ok) throw new Error(`the quota of ${project}: ${status}`);
}

const things = z.record(z.string(), z.unknown());
const thing = z.object({ id: z.string() });

/** The id of the admin's project, and a token of the admin. */
async function admin(deployment: Deployment): Promise<{ id: string; token: string }> {
  if (deployment.auth === "no-auth") return { id: "admin", token: "root:admin:admin" };
  const { url, password } = deployment.keystone;
  const api = new IdentityApi(url);
  const token = await api.passwordToken("admin", password, "admin");
  return { id: await idOf(api, token, "projects", "admin"), token };
}

/** Makes a project in Keystone of which a user is a member, and returns its id. */
async function newProject(
  { url, password }: { readonly url: string; readonly password: string },
  name: string,
  user: User,
): Promise<string> {
  const api = new IdentityApi(url);
  const token = await api.passwordToken("admin", password, "admin");
  const made = things.parse(await api.call(token, "POST", "/projects", { project: { name } }));
  const { id } = thing.parse(made.project);
  const [userId, role] = await Promise.all([
    idOf(api, token, "users", user),
    idOf(api, token, "roles", "member"),
  ]);
  await api.call(token, "PUT", `/projects/${id}/users/${userId}/roles/${role}`);
  return id;
}

/** The id of what has a name in Keystone. */
async function idOf(
  api: IdentityApi,
  token: string,
  collection: "projects" | "users" | "roles",
  name: string,
): Promise<string> {
  const answer = things.parse(await api.call(token, "GET", `/${collection}?name=${name}`));
  return z.tuple([thing]).parse(answer[collection])[0].id;
}
