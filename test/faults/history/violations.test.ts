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
  open,
  read,
  readOffer,
  refused,
  snapshot,
  unknown,
  uses,
  volume,
  withdrawn,
} from "./fixtures.ts";
import type { Operation, Tables, Violation } from "./operations.ts";

// Of each kind of violation a small history that has it, and the checker must see it.

describe("a history that is wrong", () => {
  it.each<[Violation["kind"], string, Operation[], Tables]>([
    ["lost accept", "acknowledged, and the offer is open", [offer, accept], offered],
    ["lost accept", "acknowledged, and the offer was withdrawn", [offer, accept, deletion], deleted],
    [
      "doubled accept",
      "two projects were told that they have it",
      [offer, accept, { ...accept, project: "c", request: "r-other" }],
      accepted,
    ],
    [
      "doubled accept",
      "told twice without a key",
      [offer, accept, { ...accept, request: "r-again", ...at(50, 60) }],
      accepted,
    ],
    [
      "doubled accept",
      "told to one of another key",
      [offer, accept, { ...accept, request: "r-again", idempotencyKey: "k" }],
      accepted,
    ],
    ["lost offer", "acknowledged, and not in the tables", [offer], before],
    [
      "doubled offer",
      "without an answer, and made twice",
      [{ ...offer, ...unknown }],
      { ...offered, transfers: [withdrawn, { ...open, id: "t2", seq: 2 }] },
    ],
    ["lost delete", "acknowledged, and the offer is open", [offer, deletion], offered],
    ["lost delete", "acknowledged, and the offer was accepted", [offer, accept, deletion], accepted],
    [
      "doubled delete",
      "told twice, by a Worker that does not say which request it was",
      [offer, deletion, { ...deletion, request: "r-again" }],
      { ...deleted, transfers: [{ ...withdrawn, closed_by_request: null }] },
    ],
    ["doubled delete", "told twice", [offer, deletion, { ...deletion, request: "r-again" }], deleted],
    ["refused, and took effect", "an offer", [{ ...offer, ...refused }], offered],
    ["refused, and took effect", "an accept", [offer, { ...accept, ...refused }], accepted],
    ["nobody asked for it", "an offer", [], offered],
    ["nobody asked for it", "an accept", [offer], accepted],
    [
      "nobody asked for it",
      "an accept by another project",
      [offer, { ...accept, ...unknown, project: "c" }],
      accepted,
    ],
    ["nobody asked for it", "a deletion", [offer], deleted],
    [
      "two owners",
      "an offer by who is not the owner",
      [{ ...offer, project: "c" }],
      { ...offered, transfers: [{ ...open, source_project_id: "c" }] },
    ],
    [
      "two owners",
      "an offer while another is open",
      [offer, { ...offer, name: "offer 2", transfer: "t2", ...at(30, 40) }],
      { ...offered, transfers: [open, { ...open, id: "t2", display_name: "offer 2", seq: 2 }] },
    ],
    [
      "volume is not where the transfers left it",
      "it stayed",
      [offer, accept],
      { ...accepted, volumes: [volume("a")] },
    ],
    [
      "volume is not where the transfers left it",
      "it is gone",
      [offer, accept],
      { ...accepted, volumes: [] },
    ],
    [
      "status does not go with the transfers",
      "awaiting-transfer without an offer",
      [offer, accept],
      { ...accepted, volumes: [volume("b", "awaiting-transfer")] },
    ],
    [
      "status does not go with the transfers",
      "available with an offer",
      [offer],
      { ...offered, volumes: [volume("a")] },
    ],
    [
      "snapshot is not where the transfers left it",
      "it stayed",
      [offer, accept],
      { ...accepted, snapshots: [snapshot("a")] },
    ],
    [
      "snapshot is not where the transfers left it",
      "it went along with no_snapshots",
      [offer, accept],
      { ...accepted, transfers: [{ ...acceptedByB, no_snapshots: true }] },
    ],
    [
      "usage is off",
      "the donor's is as before",
      [offer, accept],
      { ...accepted, usage: [uses("a", 1, 1), uses("b", 1, 1)] },
    ],
    ["usage is off", "the acceptor has none", [offer, accept], { ...accepted, usage: [uses("a", 0, 0)] }],
    [
      "no order explains the answers",
      "a stale read of the volume",
      [offer, accept, read("a", 41, 42, "awaiting-transfer")],
      accepted,
    ],
    [
      "no order explains the answers",
      "a read of the volume too early",
      [offer, accept, read("b", 25, 29, "available")],
      accepted,
    ],
    [
      "no order explains the answers",
      "a stale read of the offer",
      [offer, accept, readOffer("a", 41, 42, "t")],
      accepted,
    ],
    [
      "no order explains the answers",
      "another's offer is seen",
      [offer, readOffer("b", 25, 29, "t")],
      offered,
    ],
    [
      "no order explains the answers",
      "two reads in the wrong order",
      [offer, accept, read("b", 31, 33, "available"), read("a", 35, 37, "awaiting-transfer")],
      accepted,
    ],
    [
      "no order explains the answers",
      "an accept before its offer",
      [{ ...offer, ...at(50, 60) }, accept],
      accepted,
    ],
    [
      "no order explains the answers",
      "an accept that was refused while the offer was open",
      [offer, { ...accept, ...refused, ...at(22, 24) }],
      offered,
    ],
    [
      "no order explains the answers",
      "an offer that was refused while nothing forbade it",
      [{ ...offer, name: "offer 0", outcome: "refused", status: 400, ...at(1, 2) }, offer],
      offered,
    ],
    [
      "no order explains the answers",
      "a refusal that no rule explains",
      [{ ...accept, outcome: "refused", status: 413, ...at(1, 2) }],
      before,
    ],
    [
      "no order explains the answers",
      "what was undone was seen: an offer without an answer, seen before it was asked for",
      [{ ...offer, ...unknown }, readOffer("a", 1, 5, "t")],
      offered,
    ],
    [
      "no order explains the answers",
      "a 202 for an accept before the one that it repeats",
      [
        offer,
        { ...accept, ...unknown, idempotencyKey: "k", ...at(50, 60) },
        { ...accept, request: "r-again", idempotencyKey: "k" },
      ],
      { ...inB, transfers: [{ ...acceptedByB, closed_by_request: "r-unknown", idempotency_key: "k" }] },
    ],
  ])("%s: %s", (kind, _what, operations, after) => {
    expect(check(before, operations, after).map((violation) => violation.kind)).toContain(kind);
  });
});
