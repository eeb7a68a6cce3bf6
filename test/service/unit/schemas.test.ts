import { describe, expect, it } from "vitest";
import { acceptTransferSchema, createTransferSchema } from "../../../src/transfers/schemas.ts";
import { createVolumeSchema, updateVolumeSchema } from "../../../src/volumes/schemas.ts";

const ID = "aaaaaaaa-1111-4222-8333-444444444444";

describe("the body of POST /v3/{project_id}/volume-transfers", () => {
  const takes = (microversion: number, more: object) =>
    createTransferSchema(microversion).safeParse({ transfer: { volume_id: ID, ...more } }).success;

  it.each([55, 57, 71])("accepts no_snapshots at 3.%i", (microversion) => {
    expect(takes(microversion, { no_snapshots: true })).toBe(true);
  });

  it.each([0, 54])("rejects no_snapshots at 3.%i", (microversion) => {
    expect(takes(microversion, {})).toBe(true);
    expect(takes(microversion, { no_snapshots: false })).toBe(false);
  });

  it.each([0, 54, 55, 71])("rejects unknown properties at 3.%i", (microversion) => {
    expect(takes(microversion, { colour: "red" })).toBe(false);
  });
});

describe("the body of POST /v3/{project_id}/volume-transfers/{transfer_id}/accept", () => {
  it.each([
    ["0123456789abcdef", "0123456789abcdef"],
    ["", ""],
    [" key ", " key "],
    [1234, "1234"],
    [-1, "-1"],
  ])("accepts the key %j unchanged", (auth_key, key) => {
    expect(acceptTransferSchema.safeParse({ accept: { auth_key } }).data).toEqual({
      accept: { auth_key: key },
    });
  });

  it("accepts a whole number of any size as a key, which is well-formed although no key is a number", () => {
    expect(acceptTransferSchema.safeParse({ accept: { auth_key: 2 ** 64 } }).success).toBe(true);
  });

  it.each([null, true, 1.5, [], {}])("rejects the key %j", (auth_key) => {
    expect(acceptTransferSchema.safeParse({ accept: { auth_key } }).success).toBe(false);
  });
});

describe("the body of POST /v3/{project_id}/volumes", () => {
  const read = (microversion: number, volume: object) =>
    createVolumeSchema(microversion).safeParse({ volume }).data?.volume;

  it.each([0, 52])("ignores unknown properties at 3.%i", (microversion) => {
    expect(read(microversion, { size: 1, colour: "red" })).toEqual({ size: 1, metadata: {} });
  });

  it("rejects unknown properties at 3.53", () => {
    expect(read(53, { size: 1 })).toEqual({ size: 1, metadata: {} });
    expect(read(53, { size: 1, colour: "red" })).toBeUndefined();
  });

  it.each(["imageRef", "image_id", "backup_id", "group_id"])("rejects a volume from a %s", (source) => {
    expect(read(53, { size: 1, [source]: null })).toBeDefined();
    expect(read(53, { size: 1, [source]: ID })).toBeUndefined();
  });

  it.each(["snapshot_id", "source_volid"])("accepts a volume from a %s without a size", (source) => {
    expect(read(53, { [source]: ID })).toEqual({ metadata: {}, [source]: ID });
    expect(read(53, { [source]: null })).toBeDefined();
    expect(read(53, { [source]: "no id" })).toBeUndefined();
  });

  it.each([
    [1, 1],
    ["1", 1],
    ["007", 7],
    [2147483647, 2147483647],
    [null, null],
  ])("accepts the size %j", (size, gib) => {
    expect(read(53, { size })?.size).toBe(gib);
  });

  it.each([0, -1, 1.5, 2147483648, "", "0", "1.5", "1e3", "big", true])("rejects the size %j", (size) => {
    expect(read(53, { size })).toBeUndefined();
  });
});

describe("the body of PUT /v3/{project_id}/volumes/{volume_id}", () => {
  it("has only the named properties", () => {
    expect(updateVolumeSchema(53).safeParse({ volume: { name: " new " } }).data).toEqual({
      volume: { name: "new" },
    });
  });

  it("rejects a volume without properties from 3.53 on", () => {
    expect(updateVolumeSchema(52).safeParse({ volume: {} }).success).toBe(true);
    expect(updateVolumeSchema(53).safeParse({ volume: {} }).success).toBe(false);
  });
});
