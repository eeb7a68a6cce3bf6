import { setTimeout as sleep } from "node:timers/promises";
import { blockWrites } from "../block_writes.ts";
import type { Deployment } from "../deployment.ts";
import type { Fault } from "../proxy.ts";
import type { SmallDisk } from "../tmpfs.ts";

/** A fault that befalls a running service, and its end. */
export interface Strike {
  readonly title: string;
  /** Begins, lasts at most so many milliseconds, and ends. */
  readonly strike: (service: Deployment, lastsMs: number) => Promise<void>;
}

/** Milliseconds that a server is away before it is started again. */
const AWAY_MS = 300;

const killAll = async (servers: readonly Deployment["sqld"][]): Promise<void> => {
  await Promise.all(servers.map((server) => server.kill()));
  await sleep(AWAY_MS);
  for (const server of servers) await server.start();
};

/** Every third exchange has the fault. */
const onTheWay = (title: string, fault: Fault): Strike => ({
  title,
  async strike({ proxy }, lastsMs) {
    proxy.fault = () => (Math.random() < 1 / 3 ? fault : undefined);
    await sleep(lastsMs);
    proxy.fault = () => undefined;
  },
});

/** All faults, in the order in which they strike; the full disk only where there is one to fill. */
export const strikes = (disk: SmallDisk | undefined): readonly Strike[] => [
  { title: "kill -9 of workerd", strike: ({ worker }) => killAll([worker]) },
  { title: "kill -9 of sqld", strike: ({ sqld }) => killAll([sqld]) },
  onTheWay("connections cut before the answer", "answer lost"),
  onTheWay("connections cut before the request arrived", "request lost"),
  onTheWay("answers 5 s late", { delayMs: 5000 }),
  {
    title: "sqld stops for a while",
    async strike({ sqld }, lastsMs) {
      sqld.program.signal("SIGSTOP");
      await sleep(lastsMs);
      sqld.program.signal("SIGCONT");
    },
  },
  {
    title: "the database is read-only",
    async strike({ adminUrl }, lastsMs) {
      await blockWrites(adminUrl, true);
      await sleep(lastsMs);
      await blockWrites(adminUrl, false);
    },
  },
  ...(disk === undefined
    ? []
    : [
        {
          title: "the disk is full",
          async strike(_service: Deployment, lastsMs: number) {
            disk.fill();
            await sleep(lastsMs);
            disk.empty();
          },
        },
        {
          title: "kill -9 of sqld while the disk is full",
          async strike({ sqld }: Deployment, lastsMs: number) {
            disk.fill();
            await sleep(lastsMs / 2);
            await sqld.kill();
            disk.empty();
            await sqld.start();
          },
        },
      ]),
  { title: "kill -9 of workerd and sqld", strike: ({ worker, sqld }) => killAll([sqld, worker]) },
];
