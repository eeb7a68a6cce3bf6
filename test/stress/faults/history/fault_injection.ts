import { expect, vi } from "vitest";
import type { ExchangeFault } from "../../../support/proxy.ts";
import type { Tmpfs } from "../../../support/tmpfs.ts";
import { blockWrites } from "../block_writes.ts";
import type { Deployment } from "../deployment.ts";

/** A fault of the running service. */
export interface Fault {
  readonly title: string;
  /**
   * Injects the fault and repairs it.
   *
   * @param felt waits until requests have failed because of the fault
   */
  readonly inject: (service: Deployment, felt: () => Promise<void>) => Promise<void>;
}

const killAndRestart = (
  title: string,
  servers: (service: Deployment) => readonly Deployment["sqld"][],
): Fault => ({
  title,
  async inject(service, felt) {
    await Promise.all(servers(service).map((server) => server.kill()));
    await felt();
    for (const server of servers(service)) await server.start();
  },
});

/** The number of exchanges that a fault of the network meets. The service hides most from its clients. */
const EXCHANGES = 20;

/** Injects the fault into a third of the exchanges with the database. */
const onTheNetwork = (title: string, fault: ExchangeFault): Fault => ({
  title,
  async inject({ proxy }) {
    let injected = 0;
    proxy.fault = () => {
      if (Math.random() >= 1 / 3) return undefined;
      injected++;
      return fault;
    };
    await vi.waitFor(() => expect(injected).toBeGreaterThanOrEqual(EXCHANGES), {
      timeout: 120_000,
      interval: 50,
    });
    proxy.fault = () => undefined;
  },
});

const onTheDisk = (disk: Tmpfs): readonly Fault[] => [
  {
    title: "the disk is full",
    async inject(_service, felt) {
      disk.fill();
      await felt();
      disk.free();
    },
  },
  {
    title: "kill -9 of sqld while the disk is full",
    async inject({ sqld }, felt) {
      disk.fill();
      await felt();
      await sqld.kill();
      disk.free();
      await sqld.start();
    },
  },
];

/**
 * Returns all faults, in the order of their injection.
 *
 * @param disk the disk of the database, if it can be filled
 */
export const faults = (disk: Tmpfs | undefined): readonly Fault[] => [
  killAndRestart("kill -9 of workerd", ({ worker }) => [worker]),
  killAndRestart("kill -9 of sqld", ({ sqld }) => [sqld]),
  onTheNetwork("responses of the database are lost", "response lost"),
  onTheNetwork("requests to the database are lost", "request lost"),
  onTheNetwork("responses of the database are 5 s late", { delayMs: 5000 }),
  {
    title: "sqld hangs",
    async inject({ sqld }, felt) {
      sqld.process.signal("SIGSTOP");
      await felt();
      sqld.process.signal("SIGCONT");
    },
  },
  {
    title: "the database is read-only",
    async inject({ adminUrl }, felt) {
      await blockWrites(adminUrl, true);
      await felt();
      await blockWrites(adminUrl, false);
    },
  },
  ...(disk === undefined ? [] : onTheDisk(disk)),
  killAndRestart("kill -9 of workerd and sqld", ({ sqld, worker }) => [sqld, worker]),
];
