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
  openRow,
  remove,
  showTransfer,
  showVolume,
  untouched,
} from "./fixtures.ts";
import type { AcceptTransfer, CreateTransfer, Operation } from "./operations.ts";
import type { Tables, TransferRow } from "./tables.ts";
import type { Violation } from "./violation.ts";

// The transfer of the fixtures, created between 10 and 20 ms, with an expiry or a destination.

const EXPIRY = 1000;
const expiring: CreateTransfer = { ...create, expiresAt: EXPIRY };
const expiringRow: TransferRow = { ...openRow, expires_at: EXPIRY };
/** Closed by the cron trigger. */
const expiredRow: TransferRow = { ...expiringRow, deleted_at: 2000 };
const open: Tables = { ...created, transfers: [expiringRow] };
const expired: Tables = { ...untouched, transfers: [expiredRow] };

const acceptBetween = (invoked: number, completed: number): AcceptTransfer => ({
  ...accept,
  ...between(invoked, completed),
});
const acceptedAt = (deleted_at: number): Tables => ({
  ...accepted,
  transfers: [{ ...acceptedRow, expires_at: EXPIRY, deleted_at }],
});
const badRequest = { outcome: "fail", status: 400 } as const;

const reserved: CreateTransfer = { ...create, destination: "b" };
const reservedTables: Tables = { ...created, transfers: [{ ...openRow, destination_project_id: "b" }] };

describe("the history checker accepts", () => {
  it.each<[string, Operation[], Tables]>([
    ["a transfer that is found before its expiry", [expiring, showTransfer("a", 500, 510, "t")], open],
    [
      "a transfer that is not found after its expiry, although its volume is awaiting-transfer",
      [expiring, showTransfer("a", 1500, 1510), showVolume("a", 1520, 1530, "awaiting-transfer")],
      open,
    ],
    [
      "a volume that is available after its expired transfer was closed",
      [expiring, showVolume("a", 2200, 2210, "available")],
      expired,
    ],
    [
      "a create that replaces an expired transfer",
      [expiring, { ...create, name: "transfer 2", transfer: "t2", ...between(1990, 2010) }],
      {
        ...created,
        transfers: [expiredRow, { ...openRow, id: "t2", display_name: "transfer 2", seq: 2 }],
      },
    ],
    ["a 404 for an accept after the expiry", [expiring, { ...acceptBetween(1500, 1510), ...notFound }], open],
    [
      "a 404 for a delete after the expiry",
      [expiring, { ...remove, ...notFound, ...between(1500, 1510) }],
      open,
    ],
    [
      "an accept before the expiry, with a response after it",
      [expiring, acceptBetween(990, 1500)],
      acceptedAt(995),
    ],
    [
      "a 400 for a create whose expiry has passed",
      [{ ...expiring, ...badRequest, ...between(1500, 1510) }],
      untouched,
    ],
    [
      "a 400 for an accept by another project",
      [reserved, { ...accept, ...badRequest, project: "c" }],
      reservedTables,
    ],
    ["an accept by the destination", [reserved, accept], accepted],
  ])("%s", (_title, operations, after) => {
    expect(checkHistory(untouched, operations, after)).toEqual([]);
  });
});

describe("the history checker reports", () => {
  it.each<[Violation["kind"], string, Operation[], Tables]>([
    [
      "closed after its expiry",
      "a transfer that was accepted too late",
      [expiring, acceptBetween(1500, 1510)],
      acceptedAt(1505),
    ],
    [
      "expired too early",
      "a transfer that was closed before its expiry",
      [expiring],
      { ...untouched, transfers: [{ ...expiredRow, deleted_at: 500 }] },
    ],
    [
      "change without a request",
      "a transfer that was closed, although it has no expiry",
      [create],
      { ...deleted, transfers: [{ ...openRow, deleted_at: 500 }] },
    ],
    ["wrong recipient", "an accept by another project", [{ ...create, destination: "c" }, accept], accepted],
    ["transfer differs from its request", "no expiry", [expiring], created],
    ["transfer differs from its request", "no destination", [reserved], created],
    [
      "lost delete",
      "acknowledged, but the transfer expired",
      [expiring, { ...remove, ...between(500, 510) }],
      expired,
    ],
    [
      "not linearizable",
      "a transfer that is found after its expiry",
      [expiring, showTransfer("a", 1500, 1510, "t")],
      open,
    ],
    [
      "not linearizable",
      "a transfer that is not found before its expiry",
      [expiring, showTransfer("a", 500, 510)],
      open,
    ],
    [
      "not linearizable",
      "a 404 for an accept before the expiry",
      [expiring, { ...acceptBetween(500, 510), ...notFound }],
      open,
    ],
    [
      "not linearizable",
      "a volume that is available before its expired transfer was closed",
      [expiring, showVolume("a", 1500, 1510, "available")],
      expired,
    ],
    [
      "not linearizable",
      "a 400 for an accept by the destination",
      [reserved, { ...accept, ...badRequest }],
      reservedTables,
    ],
    [
      "not linearizable",
      "a 400 for an accept without a destination",
      [create, { ...accept, ...badRequest }],
      created,
    ],
  ])("%s: %s", (kind, _title, operations, after) => {
    const violations = checkHistory(untouched, operations, after);
    expect(violations.map((violation) => violation.kind)).toContain(kind);
  });
});
