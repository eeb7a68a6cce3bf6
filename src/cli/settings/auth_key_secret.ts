import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A new value for AUTH_KEY_SECRET: 32 random bytes in hexadecimal. */
export const newAuthKeySecret = (): string => randomBytes(32).toString("hex");

/**
 * The AUTH_KEY_SECRET of a data folder, made at the first call and kept there, in a file for its owner's
 * eyes. Were it lost, no transfer offered so far could be accepted.
 *
 * @param folder made if it does not exist
 */
export function keptAuthKeySecret(folder: string): string {
  const file = path.join(folder, "auth_key_secret");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // Fails if the file exists, so that of two that start at once both use the secret of the first.
    writeFileSync(file, newAuthKeySecret(), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(file, "utf8").trim();
}
