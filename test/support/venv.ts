import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";

/** A virtual environment of Python, of the project's own, with what a file of requirements lists. */
export class Venv {
  readonly #folder: string;
  readonly #requirements: string;

  /** @param folder in one that git ignores */
  constructor(folder: string, requirements: string) {
    this.#folder = folder;
    this.#requirements = requirements;
  }

  /** The path of a program that is installed in it, such as `python`. */
  program(name: string): string {
    return path.join(this.#folder, "bin", name);
  }

  /**
   * Makes it. Where it has the requirements already, this does nothing.
   *
   * @param what it is for, in words
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

  /** The requirements that it has, in a copy that is written when all of them are installed. */
  get #installed(): string {
    return path.join(this.#folder, "requirements.txt");
  }

  /** Whether it has these requirements, and the Python that it was made with is still there. */
  #has(requirements: string): boolean {
    return (
      existsSync(this.program("python")) &&
      existsSync(this.#installed) &&
      readFileSync(this.#installed, "utf8") === requirements
    );
  }
}
