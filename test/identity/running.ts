import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { service } from "../service/setup.ts";

/** The service on both databases. */
export interface Running {
  readonly urls: Record<"D1" | "libSQL", string>;
  /** What each has printed, a line an item. */
  readonly output: Record<"D1" | "libSQL", string[]>;
  readonly stop: () => Promise<void>;
}

/** Starts the service on D1 and on libSQL, both empty, with the given variables, as users start it. */
export async function startOnBoth(variables: Record<string, string>): Promise<Running> {
  const data = await mkdtemp(path.join(tmpdir(), "volume-transfers-test-"));
  const [d1, libsql] = await Promise.all([
    service("start", { ...variables, DATA_DIR: path.join(data, "d1") }),
    service("serve", { ...variables, DATA_DIR: path.join(data, "libsql") }),
  ]);
  return {
    urls: { D1: d1.url, libSQL: libsql.url },
    output: { D1: d1.output, libSQL: libsql.output },
    stop: async () => {
      await Promise.all([d1.stop(), libsql.stop()]);
      await rm(data, { recursive: true });
    },
  };
}
