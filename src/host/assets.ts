import { readFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

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
  const contents = new Map<string, Promise<Uint8Array>>();
  let turn = Promise.resolve();
  return {
    async fetch(url) {
      built ??= build().catch((error: unknown) => {
        built = undefined;
        throw error;
      });
      await built;
      // The service asks for files that it names itself: there is no `..`.
      const { pathname } = new URL(url);
      const content = contents.get(pathname) ?? readFile(path.join(folder, pathname));
      contents.set(pathname, content);
      try {
        const bytes = await content;
        // Hundreds of requests can wait for the build or the file. If all went on in one turn of the event loop, others
        // would wait for as long as it takes to write the responses.
        turn = turn.then(() => nextTurn());
        await turn;
        return new Response(streamOf(bytes));
      } catch {
        contents.delete(pathname);
        return new Response(null, { status: 404 });
      }
    },
  };
}

/** The bytes that a response takes of a file at once. */
const CHUNK = 65_536;

/** Streams a file as the client reads it, without a copy: hundreds of responses have the memory of one. */
function streamOf(content: Uint8Array): ReadableStream<Uint8Array> {
  let position = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (position >= content.length) return controller.close();
        controller.enqueue(content.subarray(position, position + CHUNK));
        position += CHUNK;
      },
    },
    { highWaterMark: 0 },
  );
}
