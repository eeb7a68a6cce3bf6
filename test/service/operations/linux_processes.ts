import { readdir, readFile } from "node:fs/promises";

/** A process of this machine. */
interface LinuxProcess {
  readonly pid: number;
  readonly cmdline: string;
}

/** Returns the processes that have a text in their command line or environment (Linux). */
async function listProcesses(text: string): Promise<LinuxProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const all = await Promise.all(
    pids.map(async (pid) => {
      // A process may end in between.
      const [cmdline = "", environ = ""] = await Promise.all(
        ["cmdline", "environ"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      return { pid: Number(pid), cmdline, found: cmdline.includes(text) || environ.includes(text) };
    }),
  );
  return all.filter(({ cmdline, found }) => found && cmdline !== "");
}

/** Returns the command lines of the processes that have a text in their command line or environment (Linux). */
export const findProcesses = async (text: string): Promise<string[]> =>
  (await listProcesses(text)).map(({ cmdline }) => cmdline);
