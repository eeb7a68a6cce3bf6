import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import * as z from "zod";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl } from "../../src/cli/servers/ready.ts";
import { temporaryFolder } from "../../src/cli/settings/settings.ts";
import { IdentityApi } from "./api.ts";
import { type Cast, makeCast, makeCatalog, type ProjectName, USERS, type UserName } from "./cast.ts";
import { makeData } from "./data.ts";
import { install } from "./installation.ts";
import { Server } from "./server.ts";

export { USERS, type UserName } from "./cast.ts";

/** A Keystone on the loopback interface, with the users of `USERS`. What asks it for something needs it running. */
export interface Keystone extends Cast {
  /** The URL of its API, with the `/v3`: what clients call OS_AUTH_URL. */
  readonly url: string;
  /** The password of every user. */
  readonly password: string;
  /**
   * A new token of a user, of its own project if not of another, good for an hour.
   *
   * @throws Error if the user has no role on the project
   */
  token(user: UserName, project?: ProjectName): Promise<string>;
  /** A new token of a user, of no project. */
  unscopedToken(user: UserName): Promise<string>;
  /** A new token of a user, of its own project, that expires in so many seconds, or up to one second later. */
  expiringToken(user: UserName, seconds: number): Promise<string>;
  /** Revokes one token; the user's others go on being good. */
  revoke(token: string): Promise<void>;
  /** Ends it with SIGTERM, as its operator would. */
  stop(): Promise<void>;
  /** Ends it in the middle of whatever it does, with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`, on the same port, with the same data, and returns when it answers. */
  start(): Promise<void>;
  /** Ends it for good, and deletes its data. */
  close(): Promise<void>;
}

/**
 * Installs Keystone, if it is not installed yet, and starts a new one.
 *
 * @param options `blockStorageUrl` is what the catalog says of the Block Storage service; `%(project_id)s` in it
 *   stands for the id of a token's project
 * @returns it, once it answers; whoever called must `close` it
 * @throws ChildProcessError, CliError, Error if it cannot be installed, or does not start
 */
export async function startKeystone(options: { readonly blockStorageUrl: string }): Promise<Keystone> {
  // These run to their end; there is none whose death could go unseen.
  const processes = new Processes(() => {});
  await install(processes);
  const folder = temporaryFolder();
  const port = await freePort();
  const server = new Server(folder, port);
  const url = `${serverUrl("127.0.0.1", port)}/v3`;
  const password = randomBytes(16).toString("hex");
  const api = new IdentityApi(url);
  const close = async (): Promise<void> => {
    await server.end("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await makeData(folder, { url, password }, processes);
    await server.start();
    const cast = await populate(api, password, options.blockStorageUrl);
    return { url, password, ...cast, ...tokens(api, password, cast), ...switches(server), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Fills a new Keystone, and returns the ids of who is in it. */
async function populate(api: IdentityApi, password: string, blockStorageUrl: string): Promise<Cast> {
  const admin = await api.passwordToken("admin", password, "admin");
  await makeCatalog(api, admin, blockStorageUrl);
  return makeCast(api, admin, password);
}

type Tokens = Pick<Keystone, "token" | "unscopedToken" | "expiringToken" | "revoke">;

/** What a Keystone does with tokens. */
function tokens(api: IdentityApi, password: string, { users }: Cast): Tokens {
  const token: Keystone["token"] = (user, project = USERS[user].project) =>
    api.passwordToken(user, password, project);
  return {
    token,
    unscopedToken: (user) => api.passwordToken(user, password),
    expiringToken: async (user, seconds) => shortened(api, await token(user), users[user], seconds),
    revoke: (token) => api.revoke(token),
  };
}

/** What turns a Keystone off and on. */
function switches(server: Server): Pick<Keystone, "stop" | "kill" | "start"> {
  return {
    stop: () => server.end("SIGTERM"),
    kill: () => server.end("SIGKILL"),
    start: () => server.start(),
  };
}

const credential = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });

/**
 * A token like another, but expiring sooner than Keystone's configuration has it: the token of an application
 * credential expires with the credential, at the latest.
 *
 * @param token the other
 * @param user the id of whom it is
 */
async function shortened(api: IdentityApi, token: string, user: string, seconds: number): Promise<string> {
  // Keystone drops fractions of a second.
  const expiry = new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000);
  const answer = await api.call(token, "POST", `/users/${user}/application_credentials`, {
    application_credential: { name: randomBytes(8).toString("hex"), expires_at: expiry.toISOString() },
  });
  const { id, secret } = credential.parse(answer).application_credential;
  return api.applicationCredentialToken(id, secret);
}
