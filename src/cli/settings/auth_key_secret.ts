import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Generates a value for AUTH_KEY_SECRET: 32 random bytes in hexadecimal. */
export const generateAuthKeySecret = (): string => randomBytes(32).toString("hex");

/**
 * Returns the AUTH_KEY_SECRET of a data folder. The first call generates it and stores it in a file that only its
 * owner can read (mode 0600). If the file is lost, no existing transfer can be accepted.
 *
 * @param folder the data folder; created if it does not exist
 */
export function loadOrCreateAuthKeySecret(folder: string): string {
  const file = path.join(folder, "auth_key_secret");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // The flag makes the write fail if the file exists: of two concurrent starts, both use the first secret.
    writeFileSync(file, generateAuthKeySecret(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(file, "utf8").trim();
}
