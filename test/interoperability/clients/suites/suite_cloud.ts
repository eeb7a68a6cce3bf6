import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { IdentityApi } from "../../keystone/api.ts";
import type { Deployment } from "../deployments.ts";

/** The project of the tests, by the name that those of openstacksdk expect. */
const DEMO = "demo";

/** A service with Keystone, as the suites find it. */
export interface SuiteCloud {
  readonly keystone: Extract<Deployment, { readonly auth: "Keystone" }>["keystone"];
  /** The URL of a service without Keystone. */
  readonly urlWithoutAuth: string;
  /** The id of the project `demo`. */
  readonly projectId: string;
  /** A folder for files. */
  readonly folder: string;
  /** The path of a `clouds.yaml` with the clouds of DevStack. */
  readonly cloudsYaml: string;
  /** The variables of an admin in the project `demo`. */
  readonly adminVariables: Readonly<Record<string, string>>;
}

const list = z.record(z.string(), z.unknown());
const one = z.tuple([z.object({ id: z.string() })]);
const made = z.object({ project: z.object({ id: z.string() }) });

/** Creates the project `demo`, of which alice is a member and the admin an admin, and writes `clouds.yaml`. */
export async function prepareCloud(deployments: readonly Deployment[], folder: string): Promise<SuiteCloud> {
  const withKeystone = deployments.find(({ auth, database }) => auth === "Keystone" && database === "libSQL");
  const withoutAuth = deployments.find(({ auth, database }) => auth === "no-auth" && database === "D1");
  if (withKeystone?.auth !== "Keystone" || withoutAuth === undefined)
    throw new Error("a deployment is missing");
  const { keystone } = withKeystone;
  const { url, password, region } = keystone;
  const api = new IdentityApi(url);
  const token = await api.passwordToken("admin", password, "admin");
  const find = async (kind: "users" | "roles", name: string) =>
    one.parse(list.parse(await api.call(token, "GET", `/${kind}?name=${name}`))[kind])[0].id;
  const { project } = made.parse(await api.call(token, "POST", "/projects", { project: { name: DEMO } }));
  for (const [user, role] of [
    ["alice", "member"],
    ["admin", "admin"],
  ] as const) {
    const target = `/projects/${project.id}/users/${await find("users", user)}/roles/${await find("roles", role)}`;
    await api.call(token, "PUT", target);
  }
  mkdirSync(folder, { recursive: true });
  const cloudsYaml = path.join(folder, "clouds.yaml");
  writeFileSync(cloudsYaml, formatClouds(keystone));
  return {
    keystone,
    urlWithoutAuth: withoutAuth.url,
    projectId: project.id,
    folder,
    cloudsYaml,
    adminVariables: {
      OS_AUTH_URL: url,
      OS_USERNAME: "admin",
      OS_PASSWORD: password,
      OS_PROJECT_NAME: DEMO,
      OS_USER_DOMAIN_NAME: "Default",
      OS_PROJECT_DOMAIN_NAME: "Default",
      OS_REGION_NAME: region,
    },
  };
}

/** Returns the clouds under the names that DevStack gives them, as JSON, which is YAML. */
function formatClouds({ url, password, region }: SuiteCloud["keystone"]): string {
  const cloud = (username: string, scope: object) => ({
    region_name: region,
    auth: { auth_url: url, username, password, user_domain_id: "default", ...scope },
  });
  const inProject = (project_name: string) => ({ project_name, project_domain_id: "default" });
  return JSON.stringify({
    clouds: {
      devstack: cloud("alice", inProject(DEMO)),
      "devstack-alt": cloud("bob", inProject("beta")),
      "devstack-admin": cloud("admin", inProject(DEMO)),
      "devstack-system-admin": cloud("admin", { system_scope: "all" }),
    },
  });
}
