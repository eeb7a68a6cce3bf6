import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";

/** A Python virtual environment with the requirements of a file. */
export class Venv {
  readonly #folder: string;
  readonly #requirements: string;

  /**
   * @param folder a folder that git ignores
   * @param requirements the file of its requirements
   */
  constructor(folder: string, requirements: string) {
    this.#folder = folder;
    this.#requirements = requirements;
  }

  /** Returns the path of a program that is installed in it, such as `python`. */
  program(name: string): string {
    return path.join(this.#folder, "bin", name);
  }

  /**
   * Creates the environment, and installs the requirements. Does nothing if they are installed already.
   *
   * @param what a name for messages
   * @throws ChildProcessError if there is no `python3` with its `venv` module, or if pip fails
   */
  async install(what: string, processes: Processes): Promise<void> {
    const wanted = readFileSync(this.#requirements, "utf8");
    if (this.#has(wanted)) return;
    console.log(`${what}: installing into ${this.#folder}, which takes about half a minute`);
    rmSync(this.#folder, { recursive: true, force: true });
    const run = (file: string, args: readonly string[]) =>
      processes.run({ title: `installing ${what}`, file, args, cwd: projectFolder });
    await run("python3", ["-m", "venv", this.#folder]);
    await run(this.program("pip"), [
      "install",
      "--disable-pip-version-check",
      ...["--requirement", this.#requirements],
    ]);
    writeFileSync(this.#installed, wanted);
  }

  /** A copy of the requirements, which is written after all of them are installed. */
  get #installed(): string {
    return path.join(this.#folder, "requirements.txt");
  }

  /** Returns whether these requirements are installed, and the Python that created the environment still exists. */
  #has(requirements: string): boolean {
    return (
      existsSync(this.program("python")) &&
      existsSync(this.#installed) &&
      readFileSync(this.#installed, "utf8") === requirements
    );
  }
}
