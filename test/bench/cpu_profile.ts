import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import * as z from "zod";

/** The share of a part of the bundle, or of the runtime, in the CPU time. */
export interface ProfilePart {
  /** A package, a folder of `src/`, or what V8 names in parentheses. */
  readonly part: string;
  /** Milliseconds a request. */
  readonly ms: number;
}

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.int(),
        columnNumber: z.int(),
      }),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.output<typeof profileSchema>;

/** The time between two samples, microseconds. */
const SAMPLING_INTERVAL = 200;

/**
 * Profiles a Worker while a load runs.
 *
 * @param inspector the address of workerd's inspector
 * @param load runs the load
 */
export async function profileWorker(inspector: string, load: () => Promise<void>): Promise<Profile> {
  const targets = z
    .array(z.object({ webSocketDebuggerUrl: z.string() }))
    .parse(await (await fetch(`http://${inspector}/json`)).json());
  const url = targets[0]?.webSocketDebuggerUrl;
  if (url === undefined) throw new Error("workerd's inspector has no target");
  const session = await openSession(url);
  try {
    await session.call("Profiler.enable");
    await session.call("Profiler.setSamplingInterval", { interval: SAMPLING_INTERVAL });
    await session.call("Profiler.start");
    await load();
    return z.object({ profile: profileSchema }).parse(await session.call("Profiler.stop")).profile;
  } finally {
    session.close();
  }
}

async function openSession(url: string) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  let lastId = 0;
  const answer = z.object({ id: z.int(), result: z.unknown().optional(), error: z.unknown().optional() });
  return {
    call: (method: string, params: object = {}): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        const listen = ({ data }: MessageEvent) => {
          const message = answer.safeParse(JSON.parse(String(data)));
          if (message.data?.id !== id) return;
          socket.removeEventListener("message", listen);
          if (message.data.error === undefined) resolve(message.data.result);
          else reject(new Error(`${method}: ${JSON.stringify(message.data.error)}`));
        };
        socket.addEventListener("message", listen);
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}

/**
 * Adds up the time of each part of the bundle.
 *
 * @param bundle the folder of `index.js` and its source map
 * @param requests the number of requests during the profile
 * @returns the parts, the longest first
 */
export function partsOf(
  { nodes, samples, timeDeltas }: Profile,
  bundle: string,
  requests: number,
): ProfilePart[] {
  const map = new SourceMap(JSON.parse(readFileSync(path.join(bundle, "index.js.map"), "utf8")));
  const partOf = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber, columnNumber } }) => {
      if (url === "") return [id, functionName === "" ? "(native)" : functionName];
      const entry = map.findEntry(lineNumber, columnNumber);
      return [id, "originalSource" in entry ? partOfSource(entry.originalSource) : "(bundle)"];
    }),
  );
  const micros = new Map<string, number>();
  for (const [i, sample] of samples.entries()) {
    const part = partOf.get(sample) ?? "(unknown)";
    micros.set(part, (micros.get(part) ?? 0) + (timeDeltas[i] ?? 0));
  }
  return [...micros]
    .map(([part, time]) => ({ part, ms: time / 1000 / requests }))
    .sort((a, b) => b.ms - a.ms);
}

/** Returns the package of a source file, or its folder in `src/`. */
function partOfSource(source: string): string {
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  return dependency ?? /src\/[^/]+/.exec(source)?.[0] ?? source;
}
