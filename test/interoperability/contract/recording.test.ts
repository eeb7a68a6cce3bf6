import { describe, expect, inject, it } from "vitest";
import { compareRecordings, type Recording, recordSession } from "./recording.ts";
import { scenarios } from "./scenarios.mjs";
import { Session } from "./session.ts";

/** Records a scenario of the service itself. */
async function record(name: string, url: string): Promise<Recording> {
  const session = new Session(url);
  await scenarios[name]?.(session);
  return { [name]: recordSession(session) };
}

describe("a recording", () => {
  const { url } = inject("sharedServices").libSQL;

  it.each(["handoff", "accept_input", "listing", "volumes", "doors"])(
    "of %s is the same in each run",
    async (name) => {
      const [first, second] = await Promise.all([record(name, url), record(name, url)]);
      expect(compareRecordings(first, second)).toEqual([]);
    },
  );

  it("has no key, no time and no id of its run", async () => {
    const text = JSON.stringify(await record("handoff", url));
    expect(text).toContain('"auth_key":"<auth_key>"');
    expect(text).not.toMatch(/[0-9a-f]{16}|\d\d:\d\d:\d\d|127\.0\.0\.1/);
  });

  it("is compared value by value with the one before", async () => {
    const before = await record("handoff", url);
    const [first, ...rest] = before.handoff ?? [];
    if (first === undefined) throw new Error("no exchange");
    const response = { ...first.response, status: 500 };
    expect(compareRecordings(before, { handoff: [{ ...first, response }, ...rest] })).toEqual([
      `handoff › ${first.label} response status: 500, not ${first.response.status}`,
    ]);
    expect(compareRecordings(before, { handoff: rest.slice(0, -1) })).not.toEqual([]);
    expect(compareRecordings(before, {})).toEqual(["handoff: removed"]);
    expect(compareRecordings({}, before)).toEqual(["handoff: new"]);
  });
});
