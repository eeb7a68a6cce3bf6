import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";

/** The files in which a follower stores how far it is. */
export class State {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns what a file contains; undefined if it does not exist. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(path.join(this.#folder, name), "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Replaces a file as a whole. After a crash it has the content from before or this one. */
  async write(name: string, content: string): Promise<void> {
    const file = path.join(this.#folder, name);
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true });
    const handle = await open(`${file}.new`, "w");
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await rename(`${file}.new`, file);
    const directory = await open(folder, "r");
    await directory.sync();
    await directory.close();
  }
}
