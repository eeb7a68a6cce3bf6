import * as z from "zod";
import { ConfigurationError, configuration } from "../../config.ts";
import { CommandFailed, type Processes } from "../processes/processes.ts";
import { UsageError } from "../processes/supervise.ts";
import { type WranglerConfig, wrangler } from "../servers/wrangler.ts";
import { newAuthKeySecret } from "./auth_key_secret.ts";

/**
 * Makes sure that what is to be deployed may go on the internet, and has a database.
 *
 * @param given the Worker's variables in the environment of `npm run deploy`
 * @throws UsageError with what to do instead
 */
export function assertDeployable(config: WranglerConfig, given: Readonly<Record<string, string>>): void {
  if ((given.AUTH_STRATEGY ?? config.vars.AUTH_STRATEGY) === "noauth") {
    throw new UsageError(
      "AUTH_STRATEGY=noauth lets anybody be anybody: it is for development and cannot be deployed.",
    );
  }
  if (config.databaseId === undefined && (given.LIBSQL_URL ?? config.vars.LIBSQL_URL) === undefined) {
    throw new UsageError(
      "there is no database yet: run `npx wrangler d1 create volume-transfers` and write the database_id that it " +
        "prints into wrangler.toml, or set LIBSQL_URL to a libSQL database.",
    );
  }
}

/**
 * Makes sure that the Worker will take its configuration: it answers nothing but 503 with one that it does not.
 *
 * @param existing the names of the deployed Worker's secrets, whose values nobody can read any more
 * @throws UsageError naming each variable that is missing or wrong
 */
export function assertConfigured(
  config: WranglerConfig,
  given: Readonly<Record<string, string>>,
  existing: readonly string[] = [],
): void {
  const standIns = {
    AUTH_KEY_SECRET: newAuthKeySecret(),
    ...(config.databaseId !== undefined && { LIBSQL_URL: "https://d1.invalid" }),
  };
  try {
    configuration({ ...standIns, ...config.vars, ...given });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error.problems.filter(
      (problem) => !existing.some((name) => problem.startsWith(`${name} `)),
    );
    if (problems.length > 0) throw new UsageError(`the configuration is wrong:\n  ${problems.join("\n  ")}`);
  }
}

/**
 * The secrets to upload with the Worker: all variables given in the environment, and a new AUTH_KEY_SECRET if
 * it has none. One that is there must stay: under another, no transfer offered so far could be accepted.
 *
 * @param existing the names of the deployed Worker's secrets
 */
export function secretsToUpload(
  config: WranglerConfig,
  given: Readonly<Record<string, string>>,
  existing: readonly string[],
): Record<string, string> {
  const name = "AUTH_KEY_SECRET";
  if (name in given || name in config.vars || existing.includes(name)) return { ...given };
  return { ...given, [name]: newAuthKeySecret() };
}

/**
 * The names of the deployed Worker's secrets; none if it is not deployed yet.
 *
 * @throws CommandFailed if Cloudflare does not tell
 */
export async function deployedSecrets(processes: Processes): Promise<string[]> {
  try {
    const json = await processes.run(wrangler("secret", "list", "--format", "json"));
    return z
      .array(z.object({ name: z.string() }))
      .parse(JSON.parse(json))
      .map((secret) => secret.name);
  } catch (error) {
    if (error instanceof CommandFailed && /Worker ".*" not found/.test(error.message)) return [];
    throw error;
  }
}
