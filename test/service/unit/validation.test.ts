import { describe, expect, it } from "vitest";
import { boolean, metadata, optionalText, parseBoolean, uuid } from "../../../src/http/fields.ts";
import { createTransferSchema } from "../../../src/transfers/schemas.ts";
import { createVolumeSchema } from "../../../src/volumes/schemas.ts";

const ID = "aaaaaaaa-1111-4222-8333-444444444444";

describe("a UUID", () => {
  // is_uuid_like() of oslo.utils returns True for the first and False for the second.
  it.each([
    ID,
    ID.toUpperCase(),
    ID.replaceAll("-", ""),
    "aaaa-aaaa11114222-8333444444444444",
    `{${ID}}`,
    `urn:uuid:${ID}`,
    `uuid:${ID}`,
    `urn:${ID}`,
    `{urn:uuid:${ID}}`,
  ])("is accepted as '%s', and normalized", (spelling) => {
    expect(uuid.safeParse(spelling).data).toBe(ID);
  });

  it.each([
    "",
    "nope",
    ID.slice(1),
    `${ID}0`,
    `g${ID.slice(1)}`,
    ` ${ID}`,
    `${ID}\n`,
    `URN:UUID:${ID}`,
    ID.replaceAll("-", "_"),
    "aaaaaaaa{-1111-4222-8333-444444444444",
    "aaaaaaaa-1111-4222}-8333-444444444444",
  ])("is not accepted as '%s'", (text) => {
    expect(uuid.safeParse(text).success).toBe(false);
  });
});

describe("a boolean", () => {
  it.each([true, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"])(
    "is true if it is %j",
    (value) => {
      expect(boolean.safeParse(value).data).toBe(true);
    },
  );

  it.each([false, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"])(
    "is false if it is %j",
    (value) => {
      expect(boolean.safeParse(value).data).toBe(false);
    },
  );

  it.each(["", "maybe", "T", "Y", "F", "N", "tRUE", " true", "2", 1, 0, null, [], {}])(
    "is rejected if it is %j",
    (value) => {
      expect(boolean.safeParse(value).success).toBe(false);
    },
  );
});

describe("a boolean query parameter", () => {
  it.each(["1", "t", "T", "true", "True", "TRUE", "on", "y", "Yes", " yes "])(
    "is true if it is '%s'",
    (value) => {
      expect(parseBoolean(value)).toBe(true);
    },
  );

  it.each([undefined, "", "0", "false", "no", "2", "ja"])("is false if it is '%s'", (value) => {
    expect(parseBoolean(value)).toBe(false);
  });
});

const BOX = "📦";
describe.each([
  [
    "a transfer",
    (name: unknown) =>
      createTransferSchema(57).safeParse({ transfer: { volume_id: ID, name } }).data?.transfer,
  ],
  ["a volume", (name: unknown) => createVolumeSchema(57).safeParse({ volume: { name } }).data?.volume],
])("the name of %s", (_what, read) => {
  it.each([
    ["a", "a"],
    ["  padded\t\n", "padded"],
    ["перенос 📦", "перенос 📦"],
    ["two  words", "two  words"],
    ["n".repeat(255), "n".repeat(255)],
    [` ${"n".repeat(255)} `, "n".repeat(255)],
    [BOX.repeat(255), BOX.repeat(255)],
    [null, null],
  ])("is accepted if it is %j", (name, kept) => {
    expect(read(name)).toMatchObject({ name: kept });
  });

  it("can be missing", () => {
    expect(read(undefined)).toBeDefined();
    expect(read(undefined)?.name).toBeUndefined();
  });

  it.each(["n".repeat(256), BOX.repeat(256), `n${BOX.repeat(255)}`, 5, true, [], {}])(
    "is rejected if it is %j",
    (name) => {
      expect(read(name)).toBeUndefined();
    },
  );
});

describe("an empty name", () => {
  it.each(["", " ", "\n\t "])("is rejected for a transfer: %j", (name) => {
    expect(createTransferSchema(57).safeParse({ transfer: { volume_id: ID, name } }).success).toBe(false);
  });

  it.each(["", " "])("is accepted for a volume: %j", (name) => {
    expect(optionalText.safeParse(name).data).toBe("");
  });
});

describe("metadata", () => {
  it.each([
    [{}, {}],
    [{ k: "v" }, { k: "v" }],
    [{ k: "" }, { k: "" }],
    [{ ["k".repeat(255)]: "v".repeat(255) }, { ["k".repeat(255)]: "v".repeat(255) }],
    [{ "a-Z_0:9. /": "🔒".repeat(255) }, { "a-Z_0:9. /": "🔒".repeat(255) }],
    [null, {}],
    [undefined, {}],
  ])("is accepted if it is %j", (value, read) => {
    expect(metadata.safeParse(value).data).toEqual(read);
  });

  it.each([
    { k: 1 },
    { k: null },
    { "": "v" },
    { ["k".repeat(256)]: "v" },
    { k: "v".repeat(256) },
    { "🔑": "v" },
    { 'a.b"c': "v" },
    { k: "🔒".repeat(256) },
    [],
    "k=v",
  ])("is rejected if it is %j", (value) => {
    expect(metadata.safeParse(value).success).toBe(false);
  });
});
