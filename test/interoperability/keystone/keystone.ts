import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import * as z from "zod";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { temporaryFolder } from "../../../src/cli/settings/settings.ts";
import { freePort } from "../../support/free_port.ts";
import { HOST, RestartableServer } from "../../support/restartable_server.ts";
import { IdentityApi } from "./api.ts";
import { createData, environment } from "./data.ts";
import { install, installed } from "./installation.ts";
import {
  assignMember,
  createCatalog,
  createUsers,
  type Ids,
  type ProjectName,
  USERS,
  type UserName,
} from "./users.ts";

export { USERS, type UserName } from "./users.ts";

/** A Keystone on the loopback interface, with the users of `USERS`. */
export interface Keystone extends Ids {
  /** The URL of its API with `/v3`, which is OS_AUTH_URL of clients. */
  readonly url: string;
  /** The password of every user. */
  readonly password: string;
  /**
   * Issues a token of a user for an hour, scoped to the user's project by default.
   *
   * @throws Error if the user has no role on the project
   */
  token(user: UserName, project?: ProjectName): Promise<string>;
  /** Issues an unscoped token of a user. */
  unscopedToken(user: UserName): Promise<string>;
  /** Issues a token of a user that expires after this many seconds, or up to one second later. */
  expiringToken(user: UserName, seconds: number): Promise<string>;
  /** Creates an application credential of a user, in the user's project. */
  applicationCredential(user: UserName): Promise<{ readonly id: string; readonly secret: string }>;
  /** Makes a user a member of another project, too. */
  addToProject(user: UserName, project: ProjectName): Promise<void>;
  removeFromProject(user: UserName, project: ProjectName): Promise<void>;
  /** Revokes a token. The user's other tokens remain valid. */
  revoke(token: string): Promise<void>;
  /** Sends SIGKILL, and returns after Keystone has exited. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and data. Returns once it is ready. */
  start(): Promise<void>;
  /** Ends it, and deletes its data. */
  close(): Promise<void>;
}

/**
 * Starts a new Keystone, after installing it if necessary.
 *
 * @param options `blockStorageUrl` is the URL of Block Storage in the catalog, in which `%(project_id)s` stands for
 *   the id of a token's project
 * @returns the Keystone, once it is ready; the caller must `close` it
 * @throws ChildProcessError, CliError, Error if it cannot be installed, or does not start
 */
export async function startKeystone(options: { readonly blockStorageUrl: string }): Promise<Keystone> {
  // No process is started in the background, so none can end unexpectedly.
  const processes = new Processes(() => {});
  await install(processes);
  const folder = temporaryFolder();
  const port = await freePort();
  const server = new RestartableServer(command(folder, port), port, "/v3");
  const url = `${serverUrl("127.0.0.1", port)}/v3`;
  const password = randomBytes(16).toString("hex");
  const api = new IdentityApi(url);
  const close = async (): Promise<void> => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await createData(folder, { url, password }, processes);
    await server.start();
    const ids = await populate(api, password, options.blockStorageUrl);
    return { url, password, ...ids, ...tokens(api, password, ids), ...controls(server), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Creates the catalog, the projects and the users, and returns their ids. */
async function populate(api: IdentityApi, password: string, blockStorageUrl: string): Promise<Ids> {
  const admin = await api.passwordToken("admin", password, "admin");
  await createCatalog(api, admin, blockStorageUrl);
  return createUsers(api, admin, password);
}

type Tokens = Omit<Keystone, keyof Ids | "url" | "password" | "kill" | "start" | "close">;

/** Returns the methods that issue and revoke tokens. */
function tokens(api: IdentityApi, password: string, ids: Ids): Tokens {
  const { users } = ids;
  const token: Keystone["token"] = (user, project = USERS[user].project) =>
    api.passwordToken(user, password, project);
  return {
    token,
    unscopedToken: (user) => api.passwordToken(user, password),
    expiringToken: async (user, seconds) => issueExpiringToken(api, await token(user), users[user], seconds),
    applicationCredential: async (user) =>
      createApplicationCredential(api, await token(user), users[user], {}),
    addToProject: async (user, project) =>
      assignMember(api, "PUT", await api.passwordToken("admin", password, "admin"), ids, { user, project }),
    removeFromProject: async (user, project) =>
      assignMember(api, "DELETE", await api.passwordToken("admin", password, "admin"), ids, {
        user,
        project,
      }),
    revoke: (token) => api.revoke(token),
  };
}

/** Returns the methods that end and start the server. */
function controls(server: RestartableServer): Pick<Keystone, "kill" | "start"> {
  return { kill: () => server.kill(), start: () => server.start() };
}

/** Returns the command that runs Keystone. It takes no arguments: Keystone would read them as its own. */
const command = (folder: string, port: number) => ({
  title: "keystone",
  file: installed("python"),
  args: [
    "-c",
    `from keystone.wsgi.api import application
from waitress import serve
serve(application, host="${HOST}", port=${port})`,
  ],
  cwd: folder,
  env: environment(folder),
});

const credential = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });

/**
 * Issues a token that expires before Keystone's configured lifetime: a token of an application credential expires with
 * the credential at the latest.
 *
 * @param token a token of the user
 * @param user the id of the user
 */
async function issueExpiringToken(
  api: IdentityApi,
  token: string,
  user: string,
  seconds: number,
): Promise<string> {
  // Keystone ignores fractions of a second.
  const expiry = new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000);
  const properties = { expires_at: expiry.toISOString() };
  const { id, secret } = await createApplicationCredential(api, token, user, properties);
  return api.applicationCredentialToken(id, secret);
}

/**
 * Creates an application credential.
 *
 * @param token a token of the user
 * @param user the id of the user
 */
async function createApplicationCredential(
  api: IdentityApi,
  token: string,
  user: string,
  properties: object,
): Promise<{ readonly id: string; readonly secret: string }> {
  const answer = await api.call(token, "POST", `/users/${user}/application_credentials`, {
    application_credential: { name: randomBytes(8).toString("hex"), ...properties },
  });
  return credential.parse(answer).application_credential;
}
