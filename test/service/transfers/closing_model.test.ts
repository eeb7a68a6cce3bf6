import { describe, expect, it } from "vitest";
import { type Act, isExplained, type Observed } from "./closing_model.ts";

const ACTS: readonly Act[] = [
  { kind: "accept", withKey: true },
  { kind: "rekey" },
  { kind: "delete" },
  { kind: "expiry" },
];

const observed = (statuses: readonly number[], after: Partial<Observed["after"]>): Observed => ({
  statuses,
  after: { end: undefined, keyIsRight: true, previewed: false, events: ["created"], ...after },
});

describe("the model of what closes a transfer", () => {
  it.each([
    ["an accept before all others", [202, 404, 404, 0], { end: "accepted", events: ["created", "accepted"] }],
    [
      "an accept with the key before, behind the new key",
      [400, 202, 202, 0],
      { end: "withdrawn", keyIsRight: false, events: ["created", "rekeyed", "deleted"] },
    ],
    ["an expiry before all others", [404, 404, 404, 0], { end: "expired", events: ["created", "expired"] }],
  ] as const)("explains %s", (_title, statuses, after) => {
    expect(isExplained(ACTS, false, observed(statuses, after))).toBe(true);
  });

  it.each([
    ["two acts that close it", [202, 404, 202, 0], { end: "accepted", events: ["created", "accepted"] }],
    [
      "a wrong key without a new one",
      [400, 404, 202, 0],
      { end: "withdrawn", events: ["created", "deleted"] },
    ],
    [
      "a new key after an accept",
      [202, 202, 404, 0],
      { end: "accepted", events: ["created", "accepted", "rekeyed"] },
    ],
    ["a missing event", [202, 404, 404, 0], { end: "accepted", events: ["created"] }],
    ["an event twice", [202, 404, 404, 0], { end: "accepted", events: ["created", "accepted", "accepted"] }],
    ["another end", [202, 404, 404, 0], { end: "declined", events: ["created", "accepted"] }],
    ["an open transfer behind its expiry", [404, 404, 404, 0], {}],
    [
      "a preview that nobody has asked for",
      [202, 404, 404, 0],
      { end: "accepted", previewed: true, events: ["created", "accepted"] },
    ],
  ] as const)("does not explain %s", (_title, statuses, after) => {
    expect(isExplained(ACTS, false, observed(statuses, after))).toBe(false);
  });
});
