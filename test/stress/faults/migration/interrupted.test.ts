import { afterEach, describe, expect, inject, it } from "vitest";
import { KillableProcess } from "../../../support/killable_process.ts";
import type { ExchangeFault } from "../../../support/proxy.ts";
import { type Deployment, expectConsistent } from "../deployment.ts";
import { readTables } from "../history/read_tables.ts";
import { tolerantClient } from "../tolerant_client.ts";
import { deployPreviousVersion, migrate, migrateCommand, unavailable } from "./previous_version.ts";

let service: Deployment | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

/** Interrupts a migration during one of its exchanges with the database. */
type Interrupt = (service: Deployment, command: KillableProcess) => ExchangeFault | undefined;

const INTERRUPTS: readonly (readonly [title: string, interrupt: Interrupt])[] = [
  ["the request is lost", () => "request lost"],
  ["the response is lost", () => "response lost"],
  [
    "kill -9 of the command before the response",
    (_service, command) => {
      void command.kill();
      return { delayMs: 100 };
    },
  ],
  [
    "kill -9 of sqld before the request",
    ({ sqld }) => {
      void sqld.kill();
      return undefined;
    },
  ],
  [
    "kill -9 of sqld during the request",
    ({ sqld }) => {
      setTimeout(() => void sqld.kill(), 1 + Math.random() * 10);
      return undefined;
    },
  ],
];

describe.skipIf(unavailable !== undefined)("migration 0002", () => {
  describe.each([1, 2, 3])("interrupted at exchange %i", (exchange) => {
    it.each(INTERRUPTS)(
      "completes when it runs again, and keeps all data, after: %s",
      async (_title, interrupt) => {
        service = await deployPreviousVersion();
        const { sqld, proxy, database } = service;
        const donor = tolerantClient(service.worker.url, "donor");
        const recipient = tolerantClient(service.worker.url, "recipient");
        const transfers = await Promise.all(
          Array.from({ length: 10 }, () => donor.createVolumeAndTransfer({}, 1)),
        );
        const [closed, open] = [transfers.slice(0, 5), transfers.slice(5)];
        for (const transfer of closed) expect((await recipient.accept(transfer)).status).toBe(202);
        const before = await readTables(database, { events: false });

        const command = new KillableProcess(migrateCommand(proxy.url));
        const interrupted = interruptAt(exchange, service, command, interrupt);
        await command.exited();
        expect(interrupted()).toBe(true);
        proxy.fault = () => undefined;
        if (!sqld.process.running) await sqld.start();

        await migrate(sqld.url);
        const after = await readTables(database, { events: false });
        const { volumes, snapshots } = before;
        expect(after).toMatchObject({ volumes, snapshots, transfers: before.transfers });
        const newWorker = await service.addWorker(inject("builtWorker"));
        for (const transfer of open) {
          const accept = tolerantClient(newWorker.url, "recipient").accept(transfer, "a-key");
          expect((await accept).status).toBe(202);
        }
        await expectConsistent(service);
      },
    );
  });
});

/**
 * Interrupts the migration at its nth exchange with the database.
 *
 * @returns whether it has been interrupted so far
 */
function interruptAt(
  n: number,
  service: Deployment,
  command: KillableProcess,
  interrupt: Interrupt,
): () => boolean {
  let exchanges = 0;
  service.proxy.fault = () => (++exchanges === n ? interrupt(service, command) : undefined);
  return () => exchanges >= n;
}
