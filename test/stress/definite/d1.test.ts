import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type D1Service, startD1Service } from "../../support/d1_service.ts";
import { parseTables, TABLE_QUERIES } from "../faults/history/read_tables.ts";
import { expectDefiniteAnswers, TEST_MS, VARIABLES } from "./measure.ts";

/** Returns the text of a module beside this one, as JavaScript. */
const moduleText = (name: string): string =>
  stripTypeScriptTypes(readFileSync(path.join(import.meta.dirname, name), "utf8"));

let service: D1Service;
beforeAll(async () => {
  // One module, in which the bundle has another path.
  const faults = moduleText("random_fault.ts").replaceAll(/^export /gm, "");
  const wrapper = moduleText("faulty_worker.ts")
    .replace(/^import .*random_fault.*$/m, faults)
    .replace("../../../src/index.ts", "./index.js");
  service = await startD1Service(inject("builtWorker"), VARIABLES, { wrapper });
});
afterAll(() => service?.stop());

it("answers writes definitely on a D1 that loses or holds back 5 % of its answers", {
  timeout: TEST_MS,
}, async () => {
  const read = async () => parseTables(await Promise.all(TABLE_QUERIES.map((sql) => service.query(sql))));
  await expectDefiniteAnswers({ title: "D1", url: service.url, read, begin: () => {}, end: () => {} });
  expect(await service.query("select * from fences limit 10")).toHaveLength(10);
});
