import * as z from "zod";

/** The CPU time of a part of the service, or of the runtime. */
export interface ProfilePart {
  /** A package, a folder of `src/`, a module of Node, or what V8 names in parentheses. */
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
 * Profiles a process of Node while a load runs.
 *
 * @param inspector the address of its inspector
 * @param load runs the load
 */
export async function profileNode(inspector: string, load: () => Promise<void>): Promise<Profile> {
  const targets = z
    .array(z.object({ webSocketDebuggerUrl: z.string() }))
    .parse(await (await fetch(`http://${inspector}/json`)).json());
  const url = targets[0]?.webSocketDebuggerUrl;
  if (url === undefined) throw new Error("the inspector has no target");
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

/** Adds up the CPU time of each part, the largest first. */
export function partsOf({ nodes, samples, timeDeltas }: Profile, requests: number): ProfilePart[] {
  const partOf = new Map(nodes.map(({ id, callFrame }) => [id, partOfFunction(callFrame)]));
  const micros = new Map<string, number>();
  for (const [i, sample] of samples.entries()) {
    const part = partOf.get(sample) ?? "(native)";
    if (part !== "(idle)") micros.set(part, (micros.get(part) ?? 0) + (timeDeltas[i] ?? 0));
  }
  return [...micros]
    .map(([part, time]) => ({ part, ms: time / 1000 / requests }))
    .sort((a, b) => b.ms - a.ms);
}

function partOfFunction({ functionName, url }: Profile["nodes"][number]["callFrame"]): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  if (url.startsWith("node:")) return url.includes("/undici/") ? "undici in Node" : "Node";
  const dependency = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return dependency ?? /src\/[^/]+/.exec(url)?.[0] ?? url;
}
