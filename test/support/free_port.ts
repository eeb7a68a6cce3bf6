import { randomInt } from "node:crypto";
import { assertPortAvailable } from "../../src/cli/servers/ready.ts";
import { HOST } from "./restartable_server.ts";

/** Below the range from which operating systems take the ports of outgoing connections and of `listen(0)`. */
const [LOWEST, HIGHEST] = [10_000, 30_000];

/**
 * Returns a port of the loopback interface on which nobody listens. It stays free until the test listens on it: the
 * operating system gives it to no connection, and test files that run at once choose among 20,000.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    try {
      await assertPortAvailable(HOST, port);
      return port;
    } catch {
      // A server listens on this one.
    }
  }
}
