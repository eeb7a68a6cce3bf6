import { AsyncLocalStorage } from "node:async_hooks";
import { setLogOutput } from "../http/log.ts";

type Log = (line: string) => void;

const logs = new AsyncLocalStorage<Log>();

/**
 * Gives what a service logs to a receiver of its own: one process can run several.
 *
 * @returns runs work of the service
 */
export function logTo(log: Log): <Result>(work: () => Result) => Result {
  setLogOutput((line) => (logs.getStore() ?? console.log)(line));
  return (work) => logs.run(log, work);
}
