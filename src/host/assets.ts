import { readFile } from "node:fs/promises";
import path from "node:path";

/** The files that the service serves, as the binding `ASSETS`. */
export interface Assets {
  fetch(url: string): Promise<Response>;
}

/**
 * Returns the files of a folder.
 *
 * @param build makes the files, before the first of them is read
 */
export function folderAssets(folder: string, build: () => Promise<void> = () => Promise.resolve()): Assets {
  let built: Promise<void> | undefined;
  return {
    async fetch(url) {
      built ??= build().catch((error: unknown) => {
        built = undefined;
        throw error;
      });
      await built;
      // The service asks for files that it names itself: there is no `..`.
      const content = await readFile(path.join(folder, new URL(url).pathname)).catch(() => undefined);
      return content === undefined ? new Response(null, { status: 404 }) : new Response(content);
    },
  };
}
