import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { installed } from "./installation.ts";

/** The region of the catalog. */
export const REGION = "RegionOne";

const logFile = (folder: string): string => path.join(folder, "keystone.log");

const configurationFile = (folder: string): string => path.join(folder, "keystone.conf");

/** Returns the environment variables with which Keystone uses the data of a folder. */
export const environment = (folder: string): Record<string, string> => ({
  // Only the server reads it. keystone-manage has an argument.
  OS_KEYSTONE_CONFIG_DIR: folder,
  // OpenStack's libraries print warnings about deprecated functions of each other.
  PYTHONWARNINGS: "ignore",
});

/**
 * Creates the configuration, the keys and the database of a new Keystone, with the user, project and role `admin`.
 *
 * @param folder an empty folder
 * @param url the URL of Keystone, for the catalog
 * @param password the password of `admin`
 * @throws ChildProcessError
 */
export async function createData(
  folder: string,
  { url, password }: { readonly url: string; readonly password: string },
  processes: Processes,
): Promise<void> {
  writeFileSync(configurationFile(folder), configuration(folder));
  const { uid, gid } = userInfo();
  // Run by root, Keystone requires the owner of the keys.
  const owner = ["--keystone-user", String(uid), "--keystone-group", String(gid)];
  const manage = (args: readonly string[], secrets: Readonly<Record<string, string>> = {}) =>
    processes.run({
      title: `keystone-manage ${args[0]}`,
      file: installed("keystone-manage"),
      args: ["--config-file", configurationFile(folder), ...args],
      cwd: folder,
      env: { ...environment(folder), ...secrets },
    });
  await Promise.all([
    manage(["db_sync"]),
    manage(["fernet_setup", ...owner]).then(() => manage(["credential_setup", ...owner])),
  ]);
  await manage(["bootstrap", "--bootstrap-region-id", REGION, "--bootstrap-public-url", url], {
    OS_BOOTSTRAP_PASSWORD: password,
  });
}

/** Returns `keystone.conf`, with Keystone's defaults for everything else. */
function configuration(folder: string): string {
  return `[DEFAULT]
log_file = ${logFile(folder)}

[database]
connection = sqlite:///${path.join(folder, "keystone.db")}

[fernet_tokens]
key_repository = ${path.join(folder, "fernet-keys")}

# Receipts are for authentication with several factors. Keystone requires their keys even so.
[fernet_receipts]
key_repository = ${path.join(folder, "fernet-keys")}

[credential]
key_repository = ${path.join(folder, "credential-keys")}

# The minimum: the verification of a password takes a millisecond instead of a quarter of a second.
[identity]
password_hash_rounds = 4
`;
}
