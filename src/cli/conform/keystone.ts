import * as z from "zod";
import { CliError } from "../errors.ts";
import { printable } from "../printable.ts";
import { UNJUDGED } from "./exit_codes.ts";

const TIMEOUT_MS = 30_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** A token, and the project that it is for. */
interface ScopedToken {
  readonly token: string;
  readonly project: string;
}

const tokenBody = z.object({ token: z.object({ project: z.object({ id: z.string() }) }) });

/**
 * Gets a token with the credentials in the environment: an application credential, or a user with a password and a
 * project, in the variables of OpenStack's clients.
 *
 * @param prefix what the names of the variables begin with, such as `OTHER_`
 * @returns undefined if the environment has no credentials
 * @throws CliError if Keystone gives no token
 */
export async function issueToken(
  keystone: string,
  environment: Environment,
  prefix: string,
): Promise<ScopedToken | undefined> {
  const variable = (name: string) => environment[`${prefix}OS_${name}`] || undefined;
  const auth = applicationCredential(variable) ?? passwordAuth(variable);
  if (auth === undefined) return undefined;
  const response = await request(`${keystone}/auth/tokens`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ auth }),
  });
  const token = response.headers.get("x-subject-token");
  if (response.status !== 201 || token === null) throw refused(keystone, `${prefix}OS_*`, response.status);
  return { token, project: await projectIn(response, `the user of ${prefix}OS_*`) };
}

type Variable = (name: string) => string | undefined;

const applicationCredential = (variable: Variable) => {
  const [id, secret] = [variable("APPLICATION_CREDENTIAL_ID"), variable("APPLICATION_CREDENTIAL_SECRET")];
  if (id === undefined || secret === undefined) return undefined;
  return { identity: { methods: ["application_credential"], application_credential: { id, secret } } };
};

const passwordAuth = (variable: Variable) => {
  const password = variable("PASSWORD");
  const named = (kind: "USER" | "PROJECT") => {
    const [id, name] = [variable(`${kind}_ID`), variable(kind === "USER" ? "USERNAME" : "PROJECT_NAME")];
    if (id !== undefined) return { id };
    const domain_id = variable(`${kind}_DOMAIN_ID`);
    const domain =
      domain_id === undefined ? { name: variable(`${kind}_DOMAIN_NAME`) ?? "Default" } : { id: domain_id };
    return name === undefined ? undefined : { name, domain };
  };
  const [user, project] = [named("USER"), named("PROJECT")];
  if (user === undefined || project === undefined || password === undefined) return undefined;
  return {
    identity: { methods: ["password"], password: { user: { ...user, password } } },
    scope: { project },
  };
};

/**
 * Returns the project of a token.
 *
 * @throws CliError if Keystone rejects the token
 */
export async function projectOfToken(keystone: string, token: string, name: string): Promise<string> {
  const response = await request(`${keystone}/auth/tokens?nocatalog`, {
    headers: { "X-Auth-Token": token, "X-Subject-Token": token },
  });
  if (response.status !== 200) throw refused(keystone, name, response.status);
  return projectIn(response, name);
}

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new CliError(`Keystone cannot be reached at ${url}: ${printable(String(cause))}`, UNJUDGED);
  }
}

async function projectIn(response: Response, name: string): Promise<string> {
  const { data } = tokenBody.safeParse(await response.json().catch(() => undefined));
  if (data !== undefined) return data.token.project.id;
  throw new CliError(`Keystone names no project for ${name}: the token must be scoped to one.`, UNJUDGED);
}

const refused = (keystone: string, name: string, status: number): CliError =>
  new CliError(`Keystone at ${keystone} refused ${name} with ${status}.`, UNJUDGED);
