import * as z from "zod";
import type { IdentityApi } from "./api.ts";
import { REGION } from "./data.ts";

/** The users, each with its role, on the one project that it has a role on. */
export const USERS = {
  admin: { project: "admin", role: "admin" },
  alice: { project: "alpha", role: "member" },
  rita: { project: "alpha", role: "reader" },
  bob: { project: "beta", role: "member" },
  bea: { project: "beta", role: "reader" },
} as const;

export type UserName = keyof typeof USERS;
export type ProjectName = (typeof USERS)[UserName]["project"];

/** The ids that Keystone gave. */
export interface Cast {
  readonly users: Readonly<Record<UserName, string>>;
  readonly projects: Readonly<Record<ProjectName, string>>;
}

/** The services of the catalog that clients look for to find volumes: today's type, and the one that it replaces. */
const SERVICES = [
  { type: "block-storage", name: "cinder" },
  { type: "volumev3", name: "cinderv3" },
];

/**
 * Makes the projects, and the users with their roles, in a Keystone that has `admin` alone.
 *
 * @param token admin's
 * @param password for every user
 * @throws Error if Keystone refuses
 */
export async function makeCast(api: IdentityApi, token: string, password: string): Promise<Cast> {
  const projects = {
    admin: await find(api, token, "project", "admin"),
    alpha: await create(api, token, "project", { name: "alpha" }),
    beta: await create(api, token, "project", { name: "beta" }),
  };
  const makeUser = async (name: UserName): Promise<string> => {
    const id = await create(api, token, "user", { name, password });
    const role = await find(api, token, "role", USERS[name].role);
    await api.call(token, "PUT", `/projects/${projects[USERS[name].project]}/users/${id}/roles/${role}`);
    return id;
  };
  const users = {
    admin: await find(api, token, "user", "admin"),
    alice: await makeUser("alice"),
    rita: await makeUser("rita"),
    bob: await makeUser("bob"),
    bea: await makeUser("bea"),
  };
  return { users, projects };
}

/**
 * Writes the Block Storage service into the catalog.
 *
 * @param token admin's
 * @param url where it is; `%(project_id)s` in it stands for the id of a token's project
 * @throws Error if Keystone refuses
 */
export async function makeCatalog(api: IdentityApi, token: string, url: string): Promise<void> {
  for (const service of SERVICES) {
    const service_id = await create(api, token, "service", service);
    await create(api, token, "endpoint", { service_id, interface: "public", region_id: REGION, url });
  }
}

const made = z.record(z.string(), z.object({ id: z.string() }));
const found = z.record(z.string(), z.unknown());
const one = z.tuple([z.object({ id: z.string() })]);

/** The id of the one that has a name. */
async function find(
  api: IdentityApi,
  token: string,
  kind: "project" | "role" | "user",
  name: string,
): Promise<string> {
  const answer = found.parse(await api.call(token, "GET", `/${kind}s?name=${name}`));
  return one.parse(answer[`${kind}s`])[0].id;
}

/** Makes one, and returns its id. */
async function create(
  api: IdentityApi,
  token: string,
  kind: "project" | "user" | "service" | "endpoint",
  properties: object,
): Promise<string> {
  const answer = made.parse(await api.call(token, "POST", `/${kind}s`, { [kind]: properties }));
  return z.string().parse(answer[kind]?.id);
}
