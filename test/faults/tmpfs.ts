import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A disk that can be filled, and emptied again. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no room on it. */
  fill(): void;
  empty(): void;
  remove(): void;
}

/** A disk of so many MiB, in memory; or why this machine gives us none. */
export function smallDisk(mebibytes: number): SmallDisk | { readonly missing: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    rmdirSync(folder);
    return { missing: `a tmpfs cannot be mounted here: ${String(error).split("\n").join(" ")}` };
  }
  const ballast = path.join(folder, "ballast");
  const empty = () => rmSync(ballast, { force: true });
  return {
    folder,
    fill() {
      const piece = Buffer.alloc(2 ** 20);
      try {
        for (let written = 0; written <= mebibytes; written++) appendFileSync(ballast, piece);
      } catch {
        // It holds as much as there was room for.
        return;
      }
      throw new Error("the disk is not full");
    },
    empty,
    remove() {
      execFileSync("umount", ["-l", folder]);
      rmdirSync(folder);
    },
  };
}
