import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../host/errors.ts";
import { CliError } from "../errors.ts";

/** Generates a value for AUTH_KEY_SECRET: 32 random bytes in hexadecimal. */
export const generateAuthKeySecret = (): string => randomBytes(32).toString("hex");

/**
 * Creates a data folder, unless it exists.
 *
 * @throws CliError if it cannot be created
 */
export function createDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(folder, error);
  }
}

const unusable = (folder: string, error: unknown): CliError =>
  new CliError(`the data folder ${folder} cannot be used: ${messageOf(error)}. DATA_DIR names another one.`);

/**
 * Returns the AUTH_KEY_SECRET of a data folder. The first call generates it and stores it in a file that only its
 * owner can read (mode 0600). If the file is lost, no existing transfer can be accepted.
 *
 * @param folder the data folder; created if it does not exist
 * @throws CliError if the folder cannot be created or written to
 */
export function loadOrCreateAuthKeySecret(folder: string): string {
  const file = path.join(folder, "auth_key_secret");
  createDataFolder(folder);
  try {
    // The flag makes the write fail if the file exists: of two concurrent starts, both use the first secret.
    writeFileSync(file, generateAuthKeySecret(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw unusable(folder, error);
  }
  return readFileSync(file, "utf8").trim();
}
