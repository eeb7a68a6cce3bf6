import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { projectFolder } from "../../../src/cli/settings/settings.ts";

/** Whether this user can hide a folder from a process. */
const canHide = ((): boolean => {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn("the checkout is not hidden from the package: that needs Linux and root");
    return false;
  }
})();

/** The environment of somebody who has installed Node and nothing of this checkout. */
function environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const outside = (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(projectFolder) && !folder.includes("node-gyp-bin"));
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_|INIT_CWD$)/i.test(name));
  return { ...Object.fromEntries(kept), PATH: outside.join(path.delimiter), ...variables };
}

/** Hides the checkout: in the process's own view an empty folder is mounted over it. */
const HIDE = 'mount -t tmpfs none "$0" && cd "$1" && shift && exec "$@"';

interface OutsideOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether the process sees the checkout. It does not by default, where this user can hide it. */
  readonly seesCheckout?: boolean;
}

/** Starts a program in a folder, with the Node of the machine. */
export function spawnOutside(
  folder: string,
  program: string,
  args: readonly string[],
  { variables = {}, seesCheckout = false }: OutsideOptions = {},
): ChildProcess {
  const env = environment(variables);
  if (!canHide || seesCheckout) return spawn(program, args, { cwd: folder, env });
  const hidden = ["--mount", "--propagation", "private", "sh", "-c", HIDE, projectFolder, folder, program];
  return spawn("unshare", [...hidden, ...args], { cwd: folder, env });
}

/** Runs a program in a folder until it ends, and returns what it has written. */
export async function runOutside(
  folder: string,
  program: string,
  args: readonly string[],
  options?: OutsideOptions,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly output: string }> {
  const child = spawnOutside(folder, program, args, options);
  let stdout = "";
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout, output };
}
