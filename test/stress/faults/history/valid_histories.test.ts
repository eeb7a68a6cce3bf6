import { describe, expect, it } from "vitest";
import { checkHistory } from "./checker.ts";
import {
  accept,
  accepted,
  acceptedRow,
  between,
  create,
  created,
  deleted,
  notFound,
  remove,
  showTransfer,
  showVolume,
  unknown,
  untouched,
} from "./fixtures.ts";
import type { Operation } from "./operations.ts";
import type { Tables } from "./tables.ts";

describe("the history checker accepts", () => {
  it.each<[string, Operation[], Tables]>([
    ["an empty history", [], untouched],
    ["a create", [create], created],
    ["a create and its accept", [create, accept], accepted],
    ["a create and its delete", [create, remove], deleted],
    [
      "an accept that loses the race against a delete",
      [create, { ...accept, ...notFound, ...between(25, 45) }, remove],
      deleted,
    ],
    [
      "reads before the create and after the accept",
      [create, showVolume("a", 0, 5, "available"), accept, showVolume("b", 41, 42, "available")],
      accepted,
    ],
    [
      "a read concurrent with the accept that shows the state before it",
      [create, accept, showVolume("a", 32, 38, "awaiting-transfer")],
      accepted,
    ],
    [
      "a read concurrent with the accept that shows the state after it",
      [create, accept, showVolume("b", 32, 38, "available")],
      accepted,
    ],
    [
      "a transfer that is found before the accept and not found after it",
      [create, showTransfer("a", 21, 22, "t"), accept, showTransfer("a", 41, 42)],
      accepted,
    ],
    ["a create of unknown outcome that took effect", [{ ...create, ...unknown }], created],
    [
      "a create of unknown outcome that took effect after the client gave up",
      [{ ...create, ...unknown }, showVolume("a", 30, 40, "available")],
      created,
    ],
    ["a create of unknown outcome without effect", [{ ...create, ...unknown }], untouched],
    ["an accept of unknown outcome that took effect", [create, { ...accept, ...unknown }], accepted],
    ["an accept of unknown outcome without effect", [create, { ...accept, ...unknown }], created],
    [
      "a repeated accept with the same Idempotency-Key",
      [
        create,
        { ...accept, ...unknown, idempotencyKey: "k" },
        { ...accept, requestId: "req-repeat", idempotencyKey: "k", ...between(50, 60) },
      ],
      {
        ...accepted,
        transfers: [{ ...acceptedRow, closed_by_request: "req-lost", idempotency_key: "k" }],
      },
    ],
  ])("%s", (_title, operations, after) => {
    expect(checkHistory(untouched, operations, after)).toEqual([]);
  });
});
