/** Who somebody is, and where: what a client must know to reach the service. */
export type Login =
  | { readonly auth: "no-auth"; readonly url: string; readonly user: string; readonly project: string }
  | {
      readonly auth: "Keystone";
      /** Keystone's, with the `/v3`. */
      readonly url: string;
      /** The one whose catalog entry is meant: Keystone may know several. */
      readonly region: string;
      readonly user: string;
      readonly password: string;
      readonly project: string;
    };

type Variables = Readonly<Record<string, string>>;

/** The cloud's name in `clouds.yaml`. */
export const CLOUD = "mycloud";

/** The environment variables for `openstack`. */
export const openstackVariables = (login: Login): Variables =>
  login.auth === "Keystone" ? keystoneVariables(login) : { OS_AUTH_TYPE: "admin_token", ...tokenOf(login) };

/** The environment variables for `cinder`. */
export const cinderVariables = (login: Login): Variables =>
  login.auth === "Keystone"
    ? keystoneVariables(login)
    : {
        OS_AUTH_TYPE: "noauth",
        OS_USER_ID: login.user,
        OS_PROJECT_ID: login.project,
        CINDER_ENDPOINT: `${login.url}/v3/${login.project}`,
      };

/** The environment variables for whoever reads `clouds.yaml`. */
export const cloudsYamlVariables: Variables = { OS_CLOUD: CLOUD };

/** The environment variables for the program that calls gophercloud, which appends the project to the endpoint. */
export const gophercloudVariables = (login: Login): Variables =>
  login.auth === "Keystone"
    ? cloudsYamlVariables
    : { OS_USERNAME: login.user, OS_PROJECT_NAME: login.project, CINDER_ENDPOINT: `${login.url}/v3` };

const tokenOf = ({ url, user, project }: Login): Variables => ({
  OS_TOKEN: `${user}:${project}`,
  OS_ENDPOINT: `${url}/v3/${project}`,
});

const keystoneVariables = (login: Login & { readonly auth: "Keystone" }): Variables => ({
  OS_AUTH_TYPE: "password",
  OS_AUTH_URL: login.url,
  OS_USERNAME: login.user,
  OS_PASSWORD: login.password,
  OS_USER_DOMAIN_NAME: "Default",
  OS_PROJECT_NAME: login.project,
  OS_PROJECT_DOMAIN_NAME: "Default",
  OS_REGION_NAME: login.region,
});

/** The environment variables that are keys of a cloud in `clouds.yaml`, and not of its `auth`. */
const BESIDE_AUTH = ["OS_AUTH_TYPE", "OS_REGION_NAME"];

/** A `clouds.yaml` for openstacksdk, `openstack` and, with Keystone, gophercloud: it says what the variables say. */
export function cloudsYaml(login: Login): string {
  const entries = Object.entries(openstackVariables(login)).map(([variable, value]) => ({
    // Quoted, as YAML takes some texts for numbers.
    line: `${variable.slice("OS_".length).toLowerCase()}: ${JSON.stringify(value)}`,
    beside: BESIDE_AUTH.includes(variable),
  }));
  const indented = (spaces: number, beside: boolean) =>
    entries.filter((entry) => entry.beside === beside).map(({ line }) => " ".repeat(spaces) + line);
  return ["clouds:", `  ${CLOUD}:`, ...indented(4, true), "    auth:", ...indented(6, false), ""].join("\n");
}
