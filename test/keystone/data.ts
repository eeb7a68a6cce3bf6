import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { installed } from "./installation.ts";

/** The region that Keystone's catalog is of. */
export const REGION = "RegionOne";

/** Where Keystone writes its log, in the folder of its data. */
export const logFile = (folder: string): string => path.join(folder, "keystone.log");

const configurationFile = (folder: string): string => path.join(folder, "keystone.conf");

/** The environment variables that Keystone runs with, on the data in a folder. */
export const environment = (folder: string): Record<string, string> => ({
  // The server's alone: keystone-manage must be told by an argument.
  OS_KEYSTONE_CONFIG_DIR: folder,
  // The libraries of OpenStack warn of each other's being deprecated.
  PYTHONWARNINGS: "ignore",
});

/**
 * Makes the configuration, keys and database of a new Keystone, with the user, the project and the role `admin`.
 *
 * @param folder an empty one, to make them in
 * @param url what the catalog says of Keystone itself
 * @param password the one of `admin`
 * @throws ChildProcessError
 */
export async function makeData(
  folder: string,
  { url, password }: { readonly url: string; readonly password: string },
  processes: Processes,
): Promise<void> {
  writeFileSync(configurationFile(folder), configuration(folder));
  const { uid, gid } = userInfo();
  // Where it is root who runs it, Keystone insists on being told whose the keys are.
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

/** `keystone.conf`: what is not in it is as Keystone's makers chose it. */
function configuration(folder: string): string {
  return `[DEFAULT]
log_file = ${logFile(folder)}

[database]
connection = sqlite:///${path.join(folder, "keystone.db")}

[fernet_tokens]
key_repository = ${path.join(folder, "fernet-keys")}

# Receipts are for logging in with several factors. Nobody here does, and yet Keystone wants keys for them.
[fernet_receipts]
key_repository = ${path.join(folder, "fernet-keys")}

[credential]
key_repository = ${path.join(folder, "credential-keys")}

# The fewest that there are: a password takes a millisecond to check rather than a quarter of a second.
[identity]
password_hash_rounds = 4
`;
}
