import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import {
  accept,
  accepted,
  acceptedByB,
  at,
  before,
  deleted,
  deletion,
  inB,
  offer,
  offered,
  read,
  readOffer,
  refused,
  unknown,
} from "./fixtures.ts";
import type { Operation, Tables } from "./operations.ts";

// Histories that may be, and tables that go with them: the checker has nothing to say.

describe("a history that is right", () => {
  it.each<[string, Operation[], Tables]>([
    ["nothing", [], before],
    ["an offer", [offer], offered],
    ["an offer, accepted", [offer, accept], accepted],
    ["an offer, withdrawn", [offer, deletion], deleted],
    [
      "an accept that races a deletion, and loses",
      [offer, { ...accept, ...refused, ...at(25, 45) }, deletion],
      deleted,
    ],
    [
      "reads before and after",
      [offer, read("a", 0, 5, "available"), accept, read("b", 41, 42, "available")],
      accepted,
    ],
    [
      "a read during the accept that sees it as it was",
      [offer, accept, read("a", 32, 38, "awaiting-transfer")],
      accepted,
    ],
    [
      "a read during the accept that sees it as it is then",
      [offer, accept, read("b", 32, 38, "available")],
      accepted,
    ],
    [
      "an offer that is seen, and then not",
      [offer, readOffer("a", 21, 22, "t"), accept, readOffer("a", 41, 42)],
      accepted,
    ],
    ["an offer without an answer, made", [{ ...offer, ...unknown }], offered],
    [
      "an offer without an answer, made long after",
      [{ ...offer, ...unknown }, read("a", 30, 40, "available")],
      offered,
    ],
    ["an offer without an answer, not made", [{ ...offer, ...unknown }], before],
    ["an accept without an answer, done", [offer, { ...accept, ...unknown }], accepted],
    ["an accept without an answer, not done", [offer, { ...accept, ...unknown }], offered],
    [
      "an accept repeated with its key",
      [
        offer,
        { ...accept, ...unknown, idempotencyKey: "k" },
        { ...accept, request: "r-again", idempotencyKey: "k", ...at(50, 60) },
      ],
      { ...inB, transfers: [{ ...acceptedByB, closed_by_request: "r-unknown", idempotency_key: "k" }] },
    ],
  ])("%s", (_what, operations, after) => {
    expect(check(before, operations, after)).toEqual([]);
  });
});
