import { waitUntil } from "cloudflare:workers";
import worker from "../../../src/index.ts";
import { randomFault } from "./random_fault.ts";

// The Worker on a D1 whose answers are lost or late. It runs in workerd, where `./index.js` is the bundle.

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const lost = () => new Error("D1_ERROR: Network connection lost.");

/** Runs a batch, sometimes with a fault. */
async function runFaultily<T>(run: () => Promise<T>): Promise<T> {
  const fault = randomFault();
  if (fault === undefined) return run();
  if (fault.kind === "request lost") throw lost();
  if (fault.kind === "request late") {
    const late = sleep(fault.ms).then(run);
    // It arrives although its client has gone.
    waitUntil(late.catch(() => {}));
    return late;
  }
  const answer = await run();
  if (fault.kind === "answer lost") throw lost();
  await sleep(fault.ms);
  return answer;
}

/** Forwards to an object, but for some of its methods. */
const replacing = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, {
    get(_, name) {
      if (name in methods) return Reflect.get(methods, name);
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });

const faulty = (db: D1Database): D1Database =>
  replacing(db, {
    withSession: (bookmark) => {
      const session = db.withSession(bookmark);
      return replacing(session, { batch: (statements) => runFaultily(() => session.batch(statements)) });
    },
  });

let bindings: Parameters<typeof worker.fetch>[1] | undefined;

export default {
  fetch(request: Request, env: { readonly DB: D1Database }, context: ExecutionContext) {
    bindings ??= { ...env, DB: faulty(env.DB) };
    return worker.fetch(request, bindings, context);
  },
  scheduled: worker.scheduled,
};
