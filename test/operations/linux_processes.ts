import { readdir, readFile } from "node:fs/promises";

/** Returns the command lines of the processes that have a text in their command line or environment (Linux). */
export async function findProcesses(text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end in between.
      const [cmdline = "", environ = ""] = await Promise.all(
        ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      return cmdline.includes(text) || environ.includes(text) ? cmdline : "";
    }),
  );
  return found.filter((cmdline) => cmdline !== "");
}
