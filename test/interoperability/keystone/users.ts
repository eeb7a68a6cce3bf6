import * as z from "zod";
import type { IdentityApi } from "./api.ts";
import { REGION } from "./data.ts";

/** The users, each with its only role and project. */
export const USERS = {
  admin: { project: "admin", role: "admin" },
  alice: { project: "alpha", role: "member" },
  rita: { project: "alpha", role: "reader" },
  bob: { project: "beta", role: "member" },
  bea: { project: "beta", role: "reader" },
} as const;

export type UserName = keyof typeof USERS;
export type ProjectName = (typeof USERS)[UserName]["project"];

/** The ids of users and projects. */
export interface Ids {
  readonly users: Readonly<Record<UserName, string>>;
  readonly projects: Readonly<Record<ProjectName, string>>;
}

/** The services under whose types clients look up Block Storage: the current type, and the one that it replaces. */
const SERVICES = [
  { type: "block-storage", name: "cinder" },
  { type: "volumev3", name: "cinderv3" },
];

/**
 * Creates the projects and the users with their roles in a Keystone that has only `admin`.
 *
 * @param token a token of the admin
 * @param password the password of every user
 * @throws Error if Keystone rejects a request
 */
export async function createUsers(api: IdentityApi, token: string, password: string): Promise<Ids> {
  const projects = {
    admin: await find(api, token, "project", "admin"),
    alpha: await create(api, token, "project", { name: "alpha" }),
    beta: await create(api, token, "project", { name: "beta" }),
  };
  const createUser = async (name: UserName): Promise<string> => {
    const id = await create(api, token, "user", { name, password });
    const role = await find(api, token, "role", USERS[name].role);
    await api.call(token, "PUT", `/projects/${projects[USERS[name].project]}/users/${id}/roles/${role}`);
    return id;
  };
  const users = {
    admin: await find(api, token, "user", "admin"),
    alice: await createUser("alice"),
    rita: await createUser("rita"),
    bob: await createUser("bob"),
    bea: await createUser("bea"),
  };
  return { users, projects };
}

/**
 * Assigns or unassigns the role `member` of a user on a project.
 *
 * @param token a token of the admin
 */
export async function assignMember(
  api: IdentityApi,
  method: "PUT" | "DELETE",
  token: string,
  { users, projects }: Ids,
  { user, project }: { readonly user: UserName; readonly project: ProjectName },
): Promise<void> {
  const role = await find(api, token, "role", "member");
  await api.call(token, method, `/projects/${projects[project]}/users/${users[user]}/roles/${role}`);
}

/**
 * Adds the Block Storage service to the catalog.
 *
 * @param token a token of the admin
 * @param url its URL, in which `%(project_id)s` stands for the id of a token's project
 * @throws Error if Keystone rejects a request
 */
export async function createCatalog(api: IdentityApi, token: string, url: string): Promise<void> {
  for (const service of SERVICES) {
    const service_id = await create(api, token, "service", service);
    await create(api, token, "endpoint", { service_id, interface: "public", region_id: REGION, url });
  }
}

const made = z.record(z.string(), z.object({ id: z.string() }));
const found = z.record(z.string(), z.unknown());
const one = z.tuple([z.object({ id: z.string() })]);

/** Returns the id of the resource with a name. */
async function find(
  api: IdentityApi,
  token: string,
  kind: "project" | "role" | "user",
  name: string,
): Promise<string> {
  const answer = found.parse(await api.call(token, "GET", `/${kind}s?name=${name}`));
  return one.parse(answer[`${kind}s`])[0].id;
}

/** Creates a resource, and returns its id. */
async function create(
  api: IdentityApi,
  token: string,
  kind: "project" | "user" | "service" | "endpoint",
  properties: object,
): Promise<string> {
  const answer = made.parse(await api.call(token, "POST", `/${kind}s`, { [kind]: properties }));
  return z.string().parse(answer[kind]?.id);
}
