import { describe, expect, it } from "vitest";
import { acceptTransferSchema, createTransferSchema } from "../../src/transfers/schemas.ts";
import { createVolumeSchema, updateVolumeSchema, volumeActionSchema } from "../../src/volumes/schemas.ts";

const ID = "aaaaaaaa-1111-4222-8333-444444444444";

describe("the body of 'Create a volume transfer'", () => {
  const takes = (microversion: number, more: object) =>
    createTransferSchema(microversion).safeParse({ transfer: { volume_id: ID, ...more } }).success;

  it.each([55, 57, 71])("has no_snapshots at 3.%i", (microversion) => {
    expect(takes(microversion, { no_snapshots: true })).toBe(true);
  });

  it.each([0, 54])("has no no_snapshots at 3.%i", (microversion) => {
    expect(takes(microversion, {})).toBe(true);
    expect(takes(microversion, { no_snapshots: false })).toBe(false);
  });

  it.each([0, 54, 55, 71])("has no property that nobody knows, at 3.%i", (microversion) => {
    expect(takes(microversion, { colour: "red" })).toBe(false);
  });
});

describe("the body of 'Accept a volume transfer'", () => {
  it.each([
    ["0123456789abcdef", "0123456789abcdef"],
    ["", ""],
    [" key ", " key "],
    [1234, "1234"],
    [-1, "-1"],
  ])("has the key %j, as it is", (auth_key, key) => {
    expect(acceptTransferSchema.safeParse({ accept: { auth_key } }).data).toEqual({
      accept: { auth_key: key },
    });
  });

  it("may have a whole number of any size for a key, which is no key of ours but well-formed", () => {
    expect(acceptTransferSchema.safeParse({ accept: { auth_key: 2 ** 64 } }).success).toBe(true);
  });

  it.each([null, true, 1.5, [], {}])("has no key that is %j", (auth_key) => {
    expect(acceptTransferSchema.safeParse({ accept: { auth_key } }).success).toBe(false);
  });
});

describe("the body of 'Create a volume'", () => {
  const read = (microversion: number, volume: object) =>
    createVolumeSchema(microversion).safeParse({ volume }).data?.volume;

  it.each([0, 52])(
    "may have properties that nobody knows at 3.%i, and they are passed over",
    (microversion) => {
      expect(read(microversion, { size: 1, colour: "red" })).toEqual({ size: 1, metadata: {} });
    },
  );

  it("has no property that nobody knows at 3.53", () => {
    expect(read(53, { size: 1 })).toEqual({ size: 1, metadata: {} });
    expect(read(53, { size: 1, colour: "red" })).toBeUndefined();
  });

  it.each(["snapshot_id", "source_volid", "imageRef", "backup_id"])("makes no volume from a %s", (source) => {
    expect(read(53, { size: 1, [source]: null })).toBeDefined();
    expect(read(53, { size: 1, [source]: ID })).toBeUndefined();
  });

  it.each([
    [1, 1],
    ["1", 1],
    ["007", 7],
    [2147483647, 2147483647],
    [null, null],
  ])("has a size of %j", (size, gib) => {
    expect(read(53, { size })?.size).toBe(gib);
  });

  it.each([0, -1, 1.5, 2147483648, "", "0", "1.5", "1e3", "big", true])("has no size of %j", (size) => {
    expect(read(53, { size })).toBeUndefined();
  });
});

describe("the body of 'Update a volume'", () => {
  it("changes what it names, and nothing else", () => {
    expect(updateVolumeSchema.safeParse({ volume: { name: " new " } }).data).toEqual({
      volume: { name: "new" },
    });
  });

  it("names something to change", () => {
    expect(updateVolumeSchema.safeParse({ volume: {} }).success).toBe(false);
  });
});

describe("the body of an action on a volume", () => {
  const read = (status: unknown) => volumeActionSchema.safeParse({ "os-reset_status": { status } }).data;

  it.each(["available", "AVAILABLE", "in-use", "error"])("resets the status to %s", (status) => {
    expect(read(status)).toEqual({ "os-reset_status": { status: status.toLowerCase() } });
  });

  it.each(["bogus", "", null, 1])("does not reset it to %j", (status) => {
    expect(read(status)).toBeUndefined();
  });
});
