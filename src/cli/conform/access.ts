import { readFileSync } from "node:fs";
import { CliError } from "../errors.ts";
import type { Party } from "./exchange.ts";
import { UNJUDGED } from "./exit_codes.ts";
import { issueToken, projectOfToken } from "./keystone.ts";

/** The options that name the endpoint's users. */
export interface AccessOptions {
  readonly token?: string | undefined;
  readonly projectId?: string | undefined;
  readonly otherToken?: string | undefined;
  readonly otherProjectId?: string | undefined;
  readonly adminToken?: string | undefined;
  readonly adminProjectId?: string | undefined;
  readonly keystone?: string | undefined;
}

/** An endpoint, and the users that judge it. */
export interface Access {
  /** Without `/v3`. */
  readonly base: string;
  readonly owner: Party;
  readonly other: Party;
  readonly admin: Party | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the endpoint and its users from the options and the environment.
 *
 * @param url with or without `/v3` and the project
 * @throws CliError that names what is missing, or what Keystone refuses
 */
export async function readAccess(
  url: string,
  options: AccessOptions,
  environment: Environment = process.env,
): Promise<Access> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new CliError(
      `the URL of an endpoint is needed, such as https://cinder.example:8776, not "${url}".`,
      UNJUDGED,
    );
  const [, base = "", project] = /^(.*?)(?:\/v3(?:\/([^/]+))?)?\/*$/.exec(url) ?? [];
  const keystone = options.keystone ?? (environment.OS_AUTH_URL || undefined);
  const party = (role: Role, token: string | undefined, project: string | undefined) =>
    readParty(
      role,
      { token, project, keystone: keystone && `${keystone.replace(/\/(v3\/?)?$/, "")}/v3` },
      environment,
    );
  const owner = await party(OWNER, options.token, options.projectId ?? project);
  const other = await party(OTHER, options.otherToken, options.otherProjectId);
  const admin = await party(ADMIN, options.adminToken, options.adminProjectId);
  if (owner === undefined) throw missing(OWNER);
  if (other === undefined) throw missing(OTHER);
  if (owner.project === other.project)
    throw new CliError(
      `both users are of the project ${owner.project}: a transfer needs two projects.`,
      UNJUDGED,
    );
  return { base, owner, other, admin };
}

interface Role {
  readonly variable: Party["variable"];
  readonly flag: string;
  /** The beginning of the names of its variables. */
  readonly prefix: string;
}

const OWNER: Role = { variable: "TOKEN", flag: "--token", prefix: "" };
const OTHER: Role = { variable: "OTHER_TOKEN", flag: "--other-token", prefix: "OTHER_" };
const ADMIN: Role = { variable: "ADMIN_TOKEN", flag: "--admin-token", prefix: "ADMIN_" };

/** Returns a user; undefined if there is nothing of it. */
async function readParty(
  { variable, flag, prefix }: Role,
  given: {
    readonly token: string | undefined;
    readonly project: string | undefined;
    readonly keystone: string | undefined;
  },
  environment: Environment,
): Promise<Party | undefined> {
  const { keystone } = given;
  const token =
    given.token === undefined ? environment[`${prefix}OS_TOKEN`] || undefined : readSecret(given.token);
  if (token === undefined) {
    const issued = keystone === undefined ? undefined : await issueToken(keystone, environment, prefix);
    return issued && { variable, ...issued };
  }
  // Tokens of AUTH_STRATEGY=noauth name their project.
  const [, ofToken] = /^[^:]+:([^:]+)/.exec(token) ?? [];
  const project =
    given.project ??
    ofToken ??
    (environment[`${prefix}OS_PROJECT_ID`] || undefined) ??
    (keystone && (await projectOfToken(keystone, token, `the token of ${flag}`)));
  if (project !== undefined) return { variable, token, project };
  const option = flag.replace("token", "project-id");
  throw new CliError(
    `the project of ${flag} is not known: name it with ${option} or ${prefix}OS_PROJECT_ID, or name Keystone with --keystone.`,
    UNJUDGED,
  );
}

/** Returns a secret, or the content of the file that is named after an `@`. */
function readSecret(value: string): string {
  if (!value.startsWith("@")) return value;
  try {
    return readFileSync(value.slice(1), "utf8").trim();
  } catch {
    throw new CliError(`the file ${value.slice(1)} cannot be read.`, UNJUDGED);
  }
}

const missing = ({ flag, prefix }: Role): CliError =>
  new CliError(
    `a token is missing: set ${prefix}OS_TOKEN, or ${flag}, or ${prefix}OS_USERNAME, ${prefix}OS_PASSWORD and ` +
      `${prefix}OS_PROJECT_NAME with --keystone.`,
    UNJUDGED,
  );
