import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { validationMessage } from "../../../src/dialect/validation_message.ts";
import { Fault } from "../../../src/http/faults.ts";
import { MAX_MICROVERSION } from "../../../src/http/microversions.ts";
import { parseJson } from "../../../src/http/request_body.ts";
import { updateQuotaSetSchema } from "../../../src/quotas/schemas.ts";
import {
  createSnapshotSchema,
  updateSnapshotSchema,
  updateStatusArgument,
} from "../../../src/snapshots/schemas.ts";
import { acceptTransferSchema, createTransferSchema } from "../../../src/transfers/schemas.ts";
import { extendArgument, manageVolumeSchema, resetArgument } from "../../../src/volumes/action_schemas.ts";
import { metadataItemSchemas, metadataSchemas } from "../../../src/volumes/metadata_schemas.ts";
import { createVolumeSchema, updateVolumeSchema } from "../../../src/volumes/schemas.ts";

const MAX_BYTES = 114_688;
const LIMIT_MS = 50;

/** Each schema, with the fields of its object, which are the places for hostile values. */
const SCHEMAS: [name: string, schema: z.ZodMiniType, object: string, fields: string[]][] = [
  [
    "create a transfer",
    createTransferSchema(MAX_MICROVERSION),
    "transfer",
    ["volume_id", "name", "expires_at", "no_snapshots", "destination_project_id"],
  ],
  ["accept a transfer", acceptTransferSchema, "accept", ["auth_key"]],
  [
    "create a volume",
    createVolumeSchema(MAX_MICROVERSION),
    "volume",
    ["name", "size", "metadata", "volume_type", "availability_zone"],
  ],
  ["update a volume", updateVolumeSchema(MAX_MICROVERSION), "volume", ["name", "description", "metadata"]],
  [
    "reset a volume's status",
    z.strictObject({ "os-reset_status": resetArgument }),
    "os-reset_status",
    ["status", "attach_status"],
  ],
  ["extend a volume", z.strictObject({ "os-extend": extendArgument }), "os-extend", ["new_size"]],
  ["manage a volume", manageVolumeSchema(), "volume", ["host", "ref", "volume_type", "bootable"]],
  ["add metadata", metadataSchemas.volume, "metadata", ["key"]],
  ["add metadata of a snapshot", metadataSchemas.snapshot, "metadata", ["key"]],
  ["set a key of metadata", metadataItemSchemas.volume, "meta", ["key"]],
  ["create a snapshot", createSnapshotSchema, "snapshot", ["volume_id", "force", "metadata"]],
  ["update a snapshot", updateSnapshotSchema, "snapshot", ["name"]],
  [
    "update a snapshot's status",
    z.strictObject({ "os-update_snapshot_status": updateStatusArgument }),
    "os-update_snapshot_status",
    ["status", "progress"],
  ],
  ["update quotas", updateQuotaSetSchema, "quota_set", ["volumes", "gigabytes"]],
];

const long = (unit: string) => unit.repeat(Math.floor((MAX_BYTES - 200) / unit.length));
const members = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${i}`, value]));

/** Values that made validation slow, or that make regular expressions backtrack. */
const NASTY: unknown[] = [
  long("{"),
  `x${long("{")}`,
  `${long("}")}x`,
  long("urn:"),
  long(" "),
  `x${long(" ")}x`,
  long("-"),
  long("0123456789abcdef "),
  long("a0"),
  long("\u{1f600}").slice(0, 50_000),
  long("'\"\\"),
  `2030-01-01T00:00:00.${long("9")}`,
  long("1"),
  members(1000, { a: [1] }),
  members(14_000, "x"),
  members(900, long("x").slice(0, 100)),
  Array(20_000).fill({}),
];

/** Measures a body from its text to the response's message, milliseconds of CPU time. */
function measureOnce(schema: z.ZodMiniType, text: string): number {
  const begin = process.threadCpuUsage();
  try {
    const json = parseJson(text);
    const { error } = schema.safeParse(json);
    if (error) validationMessage(error, json);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  const { user, system } = process.threadCpuUsage(begin);
  return (user + system) / 1000;
}

/** Returns the CPU time of a body, milliseconds. One that is slow is measured again: the first runs compile the code. */
function measure(schema: z.ZodMiniType, text: string): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && shortest >= LIMIT_MS; run++)
    shortest = Math.min(shortest, measureOnce(schema, text));
  return shortest;
}

const bodyOf = (object: string, field: string, value: unknown) =>
  JSON.stringify({ [object]: { [field]: value } }).slice(0, MAX_BYTES);

describe.each(SCHEMAS)("the body of a request to %s", (_name, schema, object, fields) => {
  it("is validated in 50 ms of CPU time if it is one that is known to be slow", () => {
    for (const field of [...fields, "unknown"]) {
      for (const value of NASTY) {
        expect(
          measure(schema, bodyOf(object, field, value)),
          `${field}: ${String(value).slice(0, 30)}`,
        ).toBeLessThan(LIMIT_MS);
      }
    }
    for (const value of NASTY) {
      expect(measure(schema, JSON.stringify({ [object]: value }).slice(0, MAX_BYTES))).toBeLessThan(LIMIT_MS);
    }
  });

  it("is validated in 50 ms of CPU time for any content", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fields, "unknown"),
        fc.oneof(
          fc
            .string({ minLength: 1, maxLength: 12, unit: "binary" })
            .map((unit) => long(unit).slice(0, 100_000)),
          fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 1100, size: "+2" }),
        ),
        (field, value) => measure(schema, bodyOf(object, field, value)) < LIMIT_MS,
      ),
      // Smaller values are not slower: to look for one takes minutes.
      { numRuns: 40, endOnFailure: true },
    );
  });
});
