import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { DATABASE_BINDING } from "../../../src/config/config.ts";
import { database } from "../../../src/db/engine/database.ts";
import { configuration } from "../../support/configuration.ts";

it("makes the response to a large read in another turn of the event loop than the read, and than other reads", async () => {
  let turn = 0;
  let running = true;
  const count = async () => {
    for (; running; turn++) await nextTurn();
  };
  const work: number[] = [];
  const driver = {
    run: async () => {
      work.push(turn);
      return [];
    },
    pause: () => nextTurn(),
  };
  const { read } = database(configuration({ AUTH_STRATEGY: "noauth", [DATABASE_BINDING]: driver }));
  const batch = { statements: [{ sql: "select 1", params: [] }], maxBytes: 4_000_000, project: "p" };
  void count();
  await Promise.all(Array.from({ length: 10 }, () => read({ ...batch, read: () => void work.push(turn) })));
  running = false;
  expect(work).toHaveLength(20);
  expect(new Set(work).size).toBe(20);
});
