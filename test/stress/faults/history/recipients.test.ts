import { describe, expect, it } from "vitest";
import { checkHistory } from "./checker.ts";
import {
  accept,
  accepted,
  acceptedRow,
  between,
  create,
  created,
  decline,
  declined,
  declinedRow,
  notFound,
  openRow,
  rekey,
  rekeyRow,
  remove,
  showVolume,
  unknown,
  untouched,
} from "./fixtures.ts";
import type { CreateTransfer, Operation, RekeyTransfer } from "./operations.ts";
import type { Tables } from "./tables.ts";
import type { Violation } from "./violation.ts";

// Project `b` declines the transfer of the fixtures, `a` makes a new key, or the transfer is for `b`.

const badRequest = { outcome: "fail", status: 400 } as const;
const keyed: CreateTransfer = { ...create, key: "first" };
const lostRekey: RekeyTransfer = {
  kind: "rekey",
  project: "a",
  transfer: "t",
  requestId: "req-rekey",
  ...between(22, 24),
  ...unknown,
};
const rekeyed: Tables = { ...created, rekeys: [rekeyRow] };
const acceptedAfterRekey: Tables = { ...accepted, rekeys: [rekeyRow] };
const keyless: CreateTransfer = { ...create, key: "", destination: "b", keyless: true };
const keylessTables: Tables = { ...created, transfers: [{ ...openRow, destination_project_id: "b" }] };

describe("the history checker accepts", () => {
  it.each<[string, Operation[], Tables]>([
    ["a decline", [create, decline, showVolume("a", 41, 42, "available")], declined],
    ["a decline of unknown outcome that took effect", [create, { ...decline, ...unknown }], declined],
    ["a decline of unknown outcome without effect", [create, { ...decline, ...unknown }], created],
    [
      "a decline that loses the race against an accept",
      [create, accept, { ...decline, ...notFound, ...between(28, 45) }],
      accepted,
    ],
    [
      "a decline without a key by the project that the transfer is for",
      [
        { ...keyed, destination: "b" },
        { ...decline, key: "" },
      ],
      declined,
    ],
    ["a new key, and an accept with it", [keyed, rekey, { ...accept, key: "second" }], acceptedAfterRekey],
    [
      "a 400 for an accept with the key before",
      [keyed, rekey, { ...accept, ...badRequest, key: "first" }],
      rekeyed,
    ],
    [
      "a new key of unknown outcome that took effect, after which no known key is right",
      [keyed, lostRekey, { ...accept, ...badRequest, key: "first" }],
      rekeyed,
    ],
    ["an accept without a key", [keyless, { ...accept, key: "" }], accepted],
    [
      "a 400 for an accept without a key by another project",
      [keyless, { ...accept, ...badRequest, key: "", project: "c" }],
      keylessTables,
    ],
    [
      "a 503 that says that nothing has changed",
      [create, { ...accept, outcome: "fail", status: 503 }],
      created,
    ],
  ])("%s", (_title, operations, after) => {
    expect(checkHistory(untouched, operations, after)).toEqual([]);
  });
});

describe("the history checker reports", () => {
  it.each<[Violation["kind"], string, Operation[], Tables]>([
    ["lost decline", "acknowledged, but the transfer is open", [create, decline], created],
    ["lost decline", "acknowledged, but the transfer was accepted", [create, accept, decline], accepted],
    ["lost delete", "acknowledged, but the transfer was declined", [create, decline, remove], declined],
    [
      "duplicate decline",
      "acknowledged twice",
      [create, decline, { ...decline, requestId: "req-repeat" }],
      declined,
    ],
    ["change without a request", "a decline", [create], declined],
    ["failed request took effect", "a decline", [create, { ...decline, ...notFound }], declined],
    [
      "failed request took effect",
      "an accept whose 503 says that nothing has changed",
      [create, { ...accept, outcome: "fail", status: 503 }],
      accepted,
    ],
    ["wrong recipient", "a decline by another project", [{ ...create, destination: "c" }, decline], declined],
    [
      "accepted or declined without the key",
      "a decline without the key of a transfer for everybody",
      [keyed, { ...decline, key: "" }],
      declined,
    ],
    [
      "accepted or declined without the key",
      "an accept with the key before",
      [keyed, rekey, { ...accept, key: "first" }],
      acceptedAfterRekey,
    ],
    [
      "accepted or declined without the key",
      "an accept without a key",
      [
        { ...keyed, destination: "b" },
        { ...accept, key: "" },
      ],
      accepted,
    ],
    ["lost rekey", "acknowledged, but there is no event", [keyed, rekey], created],
    ["duplicate rekey", "two events", [keyed, rekey], { ...created, rekeys: [rekeyRow, rekeyRow] }],
    ["change without a request", "a new key", [keyed], rekeyed],
    ["failed request took effect", "a new key", [keyed, { ...rekey, ...notFound }], rekeyed],
    [
      "not linearizable",
      "a 400 for an accept with the newest key",
      [keyed, rekey, { ...accept, ...badRequest, key: "second" }],
      rekeyed,
    ],
    [
      "not linearizable",
      "a 400 for an accept with the key before, ahead of the new key",
      [keyed, { ...accept, ...badRequest, key: "first", ...between(20, 21) }, rekey],
      rekeyed,
    ],
    [
      "not linearizable",
      "a 400 for an accept without a key by the project that needs none",
      [keyless, { ...accept, ...badRequest, key: "" }],
      keylessTables,
    ],
    [
      "not linearizable",
      "a 404 for a new key of an open transfer",
      [keyed, { ...rekey, ...notFound }],
      created,
    ],
    [
      "not linearizable",
      "a volume that stays awaiting-transfer after a decline",
      [create, decline, showVolume("a", 41, 42, "awaiting-transfer")],
      { ...untouched, transfers: [declinedRow] },
    ],
    [
      "not linearizable",
      "an accept of a transfer that was declined",
      [create, decline, { ...accept, ...badRequest, ...between(41, 42) }],
      declined,
    ],
    [
      "two owners",
      "an accept after a decline",
      [create, decline],
      { ...accepted, transfers: [declinedRow, { ...acceptedRow, source_project_id: "b", id: "t2", seq: 2 }] },
    ],
  ])("%s: %s", (kind, _title, operations, after) => {
    const violations = checkHistory(untouched, operations, after);
    expect(violations.map((violation) => violation.kind)).toContain(kind);
  });
});
