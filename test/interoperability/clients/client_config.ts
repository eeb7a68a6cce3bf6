/** The credentials of a user in a project, and the service to use them with. */
export type Credentials =
  | {
      readonly auth: "no-auth";
      readonly url: string;
      readonly user: string;
      readonly project: string;
      /** By default the user is a member. */
      readonly role?: "admin";
    }
  | {
      readonly auth: "Keystone";
      /** The URL of Keystone, with `/v3`. */
      readonly url: string;
      /** The region of the service in Keystone's catalog, which may have several. */
      readonly region: string;
      readonly user: string;
      readonly password: string;
      readonly project: string;
    };

type Variables = Readonly<Record<string, string>>;

/** The name of the cloud in `clouds.yaml`. */
export const CLOUD = "mycloud";

/** Returns the environment variables for `openstack`. */
export const openstackVariables = (credentials: Credentials): Variables =>
  credentials.auth === "Keystone"
    ? keystoneVariables(credentials)
    : { OS_AUTH_TYPE: "admin_token", ...tokenVariables(credentials) };

/** Returns the environment variables for `cinder`. */
export const cinderVariables = (credentials: Credentials): Variables =>
  credentials.auth === "Keystone"
    ? keystoneVariables(credentials)
    : {
        OS_AUTH_TYPE: "noauth",
        OS_USER_ID: credentials.user,
        // The token is the user's id, a colon and this.
        OS_PROJECT_ID: projectAndRole(credentials),
        CINDER_ENDPOINT: `${credentials.url}/v3/${credentials.project}`,
      };

/** The environment variables for clients that read `clouds.yaml`. */
export const cloudsYamlVariables: Variables = { OS_CLOUD: CLOUD };

/** Returns the environment variables for the gophercloud program. gophercloud appends the project to the endpoint. */
export const gophercloudVariables = (credentials: Credentials): Variables =>
  credentials.auth === "Keystone"
    ? cloudsYamlVariables
    : {
        OS_USERNAME: credentials.user,
        OS_PROJECT_NAME: credentials.project,
        CINDER_ENDPOINT: `${credentials.url}/v3`,
      };

type NoAuth = Credentials & { readonly auth: "no-auth" };

const projectAndRole = ({ project, role }: NoAuth): string =>
  role === undefined ? project : `${project}:${role}`;

const tokenVariables = (credentials: NoAuth): Variables => ({
  OS_TOKEN: `${credentials.user}:${projectAndRole(credentials)}`,
  OS_ENDPOINT: `${credentials.url}/v3/${credentials.project}`,
});

const keystoneVariables = (credentials: Credentials & { readonly auth: "Keystone" }): Variables => ({
  OS_AUTH_TYPE: "password",
  OS_AUTH_URL: credentials.url,
  OS_USERNAME: credentials.user,
  OS_PASSWORD: credentials.password,
  OS_USER_DOMAIN_NAME: "Default",
  OS_PROJECT_NAME: credentials.project,
  OS_PROJECT_DOMAIN_NAME: "Default",
  OS_REGION_NAME: credentials.region,
});

/** The variables that are keys of the cloud in `clouds.yaml`. The others are keys of its `auth`. */
const CLOUD_KEYS = ["OS_AUTH_TYPE", "OS_REGION_NAME"];

/** Returns a `clouds.yaml` for openstacksdk, `openstack` and, with Keystone, gophercloud. */
export function cloudsYaml(credentials: Credentials): string {
  const entries = Object.entries(openstackVariables(credentials)).map(([variable, value]) => ({
    // In quotes, since YAML reads some unquoted texts as numbers.
    line: `${variable.slice("OS_".length).toLowerCase()}: ${JSON.stringify(value)}`,
    ofCloud: CLOUD_KEYS.includes(variable),
  }));
  const lines = (ofCloud: boolean, spaces: number) =>
    entries.filter((entry) => entry.ofCloud === ofCloud).map(({ line }) => " ".repeat(spaces) + line);
  return ["clouds:", `  ${CLOUD}:`, ...lines(true, 4), "    auth:", ...lines(false, 6), ""].join("\n");
}
