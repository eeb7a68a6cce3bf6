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
  deletedRow,
  notFound,
  openRow,
  remove,
  showTransfer,
  showVolume,
  snapshot,
  unknown,
  untouched,
  usage,
  volume,
} from "./fixtures.ts";
import type { Operation } from "./operations.ts";
import type { Tables } from "./tables.ts";
import type { Violation } from "./violation.ts";

type Case = [kind: Violation["kind"], title: string, operations: Operation[], after: Tables];

describe("the history checker reports", () => {
  it.each<Case>([
    ["lost accept", "acknowledged, but the transfer is open", [create, accept], created],
    ["lost accept", "acknowledged, but the transfer was deleted", [create, accept, remove], deleted],
    [
      "duplicate accept",
      "acknowledged to two projects",
      [create, accept, { ...accept, project: "c", requestId: "req-other" }],
      accepted,
    ],
    [
      "duplicate accept",
      "acknowledged twice without an Idempotency-Key",
      [create, accept, { ...accept, requestId: "req-repeat", ...between(50, 60) }],
      accepted,
    ],
    [
      "duplicate accept",
      "acknowledged again with another Idempotency-Key",
      [create, accept, { ...accept, requestId: "req-repeat", idempotencyKey: "k" }],
      accepted,
    ],
    ["lost create", "acknowledged, but there is no row", [create], untouched],
    [
      "duplicate create",
      "one request of unknown outcome, but two rows",
      [{ ...create, ...unknown }],
      { ...created, transfers: [deletedRow, { ...openRow, id: "t2", seq: 2 }] },
    ],
    ["lost delete", "acknowledged, but the transfer is open", [create, remove], created],
    ["lost delete", "acknowledged, but the transfer was accepted", [create, accept, remove], accepted],
    [
      "duplicate delete",
      "acknowledged twice by a Worker that does not record the request",
      [create, remove, { ...remove, requestId: "req-repeat" }],
      { ...deleted, transfers: [{ ...deletedRow, closed_by_request: null }] },
    ],
    [
      "duplicate delete",
      "acknowledged twice",
      [create, remove, { ...remove, requestId: "req-repeat" }],
      deleted,
    ],
    ["failed request took effect", "a create", [{ ...create, ...notFound }], created],
    ["failed request took effect", "an accept", [create, { ...accept, ...notFound }], accepted],
    ["change without a request", "a create", [], created],
    ["change without a request", "an accept", [create], accepted],
    [
      "change without a request",
      "an accept, requested only by another project",
      [create, { ...accept, ...unknown, project: "c" }],
      accepted,
    ],
    ["change without a request", "a delete", [create], deleted],
    [
      "two owners",
      "a create by a project that does not own the volume",
      [{ ...create, project: "c" }],
      { ...created, transfers: [{ ...openRow, source_project_id: "c" }] },
    ],
    [
      "two owners",
      "a create while another transfer is open",
      [create, { ...create, name: "transfer 2", transfer: "t2", ...between(30, 40) }],
      { ...created, transfers: [openRow, { ...openRow, id: "t2", display_name: "transfer 2", seq: 2 }] },
    ],
    [
      "volume has the wrong owner",
      "it stayed with the donor",
      [create, accept],
      { ...accepted, volumes: [volume("a")] },
    ],
    ["volume has the wrong owner", "it is gone", [create, accept], { ...accepted, volumes: [] }],
    [
      "volume has the wrong status",
      "awaiting-transfer without an open transfer",
      [create, accept],
      { ...accepted, volumes: [volume("b", "awaiting-transfer")] },
    ],
    [
      "volume has the wrong status",
      "available with an open transfer",
      [create],
      { ...created, volumes: [volume("a")] },
    ],
    [
      "snapshot has the wrong owner",
      "it stayed with the donor",
      [create, accept],
      { ...accepted, snapshots: [snapshot("a")] },
    ],
    [
      "snapshot has the wrong owner",
      "it moved in spite of no_snapshots",
      [create, accept],
      { ...accepted, transfers: [{ ...acceptedRow, no_snapshots: true }] },
    ],
    [
      "usage is wrong",
      "the donor's usage did not change",
      [create, accept],
      { ...accepted, usage: [usage("a", 1, 1), usage("b", 1, 1)] },
    ],
    [
      "usage is wrong",
      "the recipient has no usage",
      [create, accept],
      { ...accepted, usage: [usage("a", 0, 0)] },
    ],
    [
      "not linearizable",
      "a stale read of the volume",
      [create, accept, showVolume("a", 41, 42, "awaiting-transfer")],
      accepted,
    ],
    [
      "not linearizable",
      "a read that shows the accept before it was requested",
      [create, accept, showVolume("b", 25, 29, "available")],
      accepted,
    ],
    [
      "not linearizable",
      "a stale read of the transfer",
      [create, accept, showTransfer("a", 41, 42, "t")],
      accepted,
    ],
    [
      "not linearizable",
      "a transfer that is shown to another project",
      [create, showTransfer("b", 25, 29, "t")],
      created,
    ],
    [
      "not linearizable",
      "a read of the old state after a read of the new one",
      [create, accept, showVolume("b", 31, 33, "available"), showVolume("a", 35, 37, "awaiting-transfer")],
      accepted,
    ],
    [
      "not linearizable",
      "an accept before its create",
      [{ ...create, ...between(50, 60) }, accept],
      accepted,
    ],
    [
      "not linearizable",
      "a 404 for an accept of an open transfer",
      [create, { ...accept, ...notFound, ...between(22, 24) }],
      created,
    ],
    [
      "not linearizable",
      "a 400 for a create of an available volume",
      [{ ...create, name: "transfer 0", outcome: "fail", status: 400, ...between(1, 2) }, create],
      created,
    ],
    [
      "not linearizable",
      "a refusal that no rule of the service allows",
      [{ ...accept, outcome: "fail", status: 413, ...between(1, 2) }],
      untouched,
    ],
    [
      "not linearizable",
      "a transfer that is shown before its create was requested",
      [{ ...create, ...unknown }, showTransfer("a", 1, 5, "t")],
      created,
    ],
    [
      "not linearizable",
      "a repeated accept that is acknowledged before the first one was requested",
      [
        create,
        { ...accept, ...unknown, idempotencyKey: "k", ...between(50, 60) },
        { ...accept, requestId: "req-repeat", idempotencyKey: "k" },
      ],
      {
        ...accepted,
        transfers: [{ ...acceptedRow, closed_by_request: "req-lost", idempotency_key: "k" }],
      },
    ],
  ])("%s: %s", (kind, _title, operations, after) => {
    const violations = checkHistory(untouched, operations, after);
    expect(violations.map((violation) => violation.kind)).toContain(kind);
  });
});
