import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A small file system in memory, for tests of a full disk. */
export interface Tmpfs {
  readonly folder: string;
  /** Writes a file that takes all the free space. */
  fill(): void;
  /** Removes that file. */
  free(): void;
  /** Makes it read-only for good. No file of it may be open. */
  makeReadOnly(): void;
  unmount(): void;
}

/**
 * Mounts a tmpfs. Only root may do so.
 *
 * @param mebibytes its size
 * @returns the file system, or why it cannot be mounted
 */
export function mountTmpfs(mebibytes: number): Tmpfs | { readonly unavailable: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    rmdirSync(folder);
    return { unavailable: `cannot mount a tmpfs: ${String(error).replaceAll("\n", " ")}` };
  }
  const ballast = path.join(folder, "ballast");
  return {
    folder,
    fill() {
      const chunk = Buffer.alloc(2 ** 20);
      try {
        for (let written = 0; written <= mebibytes; written++) appendFileSync(ballast, chunk);
      } catch {
        // No space is left.
        return;
      }
      throw new Error("the disk is not full");
    },
    free() {
      rmSync(ballast, { force: true });
    },
    makeReadOnly() {
      execFileSync("mount", ["-o", "remount,ro", folder]);
    },
    unmount() {
      execFileSync("umount", ["-l", folder]);
      rmdirSync(folder);
    },
  };
}
