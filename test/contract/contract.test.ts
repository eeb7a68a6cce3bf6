import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { DATABASES } from "../service/databases.ts";
import { differences, type Recorded } from "./compare.ts";
import { scenarios } from "./scenarios.mjs";
import { Session } from "./session.ts";

const log: Record<string, Recorded[]> = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "cinder-21.3.json"), "utf8"),
);

describe.each(DATABASES)("what Cinder 21.3 answers, on %s", (_database, url) => {
  it.each(Object.keys(log))("%s", async (name) => {
    const session = new Session(url);
    const scenario = scenarios[name];
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    await scenario(session);

    const recorded = (log[name] ?? []).filter(({ setup }) => !setup);
    const names = new Map(Object.entries(session.names));
    const found = recorded.flatMap((want, i) => {
      const got = session.exchanges[i];
      if (got === undefined) return [`${want.label}: not reached`];
      return differences(want, got, names).map((difference) => `${want.label}: ${difference}`);
    });
    expect(found).toEqual([]);
    expect(session.exchanges).toHaveLength(recorded.length);
  });
});
