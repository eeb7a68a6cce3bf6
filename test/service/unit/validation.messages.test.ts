import { describe, expect, it } from "vitest";
import { BOB, createTransfer, createVolume, post } from "./service.ts";

const ID = "aaaaaaaa-1111-4222-8333-444444444444";
const TRANSFERS = "/v3/volume-transfers";

async function refusalOf(path: string, body: unknown): Promise<string> {
  const response = await post(path, body);
  expect(response.status).toBe(400);
  const { badRequest } = await response.json<{ badRequest: { code: number; message: string } }>();
  expect(badRequest.code).toBe(400);
  return badRequest.message;
}

const of = (name: string, value: string, wrong: string) =>
  `Invalid input for field/attribute ${name}. Value: ${value}. ${wrong}`;
const NAME = "is not valid under any of the given schemas";
const WORDS =
  "is not one of [True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't', " +
  "False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f']";
const TYPES = "is not of type 'boolean', 'string'";
const LONG = "n".repeat(256);

describe("POST /v3/{project_id}/volume-transfers returns Cinder's message", () => {
  const transfer = (more: object) => ({ transfer: { volume_id: ID, ...more } });
  // Recorded in the scenario create_input of the contract.
  it.each<[string, unknown, string]>([
    ["empty object", {}, "'transfer' is a required property"],
    ["transfer null", { transfer: null }, of("transfer", "None", "None is not of type 'object'")],
    ["transfer a list", { transfer: [] }, of("transfer", "[]", "[] is not of type 'object'")],
    [
      "no volume_id",
      { transfer: { name: "x" } },
      of("transfer", "{'name': 'x'}", "'volume_id' is a required property"),
    ],
    [
      "volume_id not a uuid",
      transfer({ volume_id: "nope" }),
      of("volume_id", "nope", "'nope' is not a 'uuid'"),
    ],
    [
      "volume_id null",
      transfer({ volume_id: null }),
      of("volume_id", "None", "None is not of type 'string'"),
    ],
    [
      "volume_id with characters that cannot be printed",
      transfer({ volume_id: "\u00a0\u200b\u2028\u{e0001} é😀" }),
      of(
        "volume_id",
        "\u00a0\u200b\u2028\u{e0001} é😀",
        "'\\xa0\\u200b\\u2028\\U000e0001 é😀' is not a 'uuid'",
      ),
    ],
    ["volume_id a number", transfer({ volume_id: 7 }), of("volume_id", "7", "7 is not of type 'string'")],
    [
      "unknown property",
      transfer({ colour: "red" }),
      of(
        "transfer",
        `{'volume_id': '${ID}', 'colour': 'red'}`,
        "Additional properties are not allowed ('colour' was unexpected)",
      ),
    ],
    [
      "unknown property outside",
      { ...transfer({}), other: 1 },
      "Additional properties are not allowed ('other' was unexpected)",
    ],
    ["name of 256", transfer({ name: LONG }), of("name", LONG, `'${LONG}' ${NAME}`)],
    ["name empty", transfer({ name: "" }), of("name", "", `'' ${NAME}`)],
    ["name of blanks", transfer({ name: "   " }), of("name", "   ", `'   ' ${NAME}`)],
    [
      "no_snapshots a word",
      transfer({ no_snapshots: "maybe" }),
      of("no_snapshots", "maybe", `'maybe' ${WORDS}`),
    ],
    ["no_snapshots null", transfer({ no_snapshots: null }), of("no_snapshots", "None", `None ${TYPES}`)],
    ["no_snapshots 2", transfer({ no_snapshots: 2 }), of("no_snapshots", "2", `2 ${TYPES}`)],
    ["no_snapshots 1", transfer({ no_snapshots: 1 }), of("no_snapshots", "1", `1 ${TYPES}`)],
    ["no_snapshots 'T'", transfer({ no_snapshots: "T" }), of("no_snapshots", "T", `'T' ${WORDS}`)],
    ["not JSON", "{transfer:", "Malformed request body"],
    ["a JSON list", [1], "[1] is not of type 'object'"],
  ])("%s", async (_label, body, message) => {
    expect(await refusalOf(TRANSFERS, body)).toBe(message);
  });

  it.each([
    ["no body", ""],
    ["name a number", transfer({ name: 5 })],
  ])("returns 400 where Cinder returns 500: %s", async (_label, body) => {
    expect(await refusalOf(TRANSFERS, body)).not.toBe("");
  });

  it("accepts a name with characters outside the Basic Multilingual Plane, where Cinder returns 500", async () => {
    const response = await post(TRANSFERS, {
      transfer: { volume_id: await createVolume(), name: "перенос 📦" },
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ transfer: { name: "перенос 📦" } });
  });
});

describe("POST /v3/{project_id}/volume-transfers/{transfer_id}/accept returns Cinder's message", () => {
  const KEY = "is not of type 'string', 'integer'";
  // Recorded in the scenario accept_input of the contract.
  it.each<[string, unknown, string]>([
    ["key null", { accept: { auth_key: null } }, of("auth_key", "None", `None ${KEY}`)],
    ["key a list", { accept: { auth_key: [] } }, of("auth_key", "[]", `[] ${KEY}`)],
    ["key that is no whole number", { accept: { auth_key: 1.5 } }, of("auth_key", "***", `*** ${KEY}`)],
    ["no accept", {}, "'accept' is a required property"],
    ["accept null", { accept: null }, of("accept", "None", "None is not of type 'object'")],
    ["not JSON", "nope", "Malformed request body"],
  ])("%s", async (_label, body, message) => {
    expect(await refusalOf(`${TRANSFERS}/${ID}/accept`, body)).toBe(message);
  });

  it.each<[string, (key: string) => unknown]>([
    ["wrong key", () => "0123456789abcdef"],
    ["key empty", () => ""],
    ["key a number", () => 1234],
    ["key in capitals", (key) => `${key.toUpperCase()}Z`],
  ])("%s", async (_label, posted) => {
    const { id, auth_key } = await createTransfer();
    const response = await post(`${TRANSFERS}/${id}/accept`, { accept: { auth_key: posted(auth_key) } }, BOB);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      badRequest: {
        code: 400,
        message: `Invalid auth key: Attempt to transfer ${id} with invalid auth key.`,
      },
    });
  });

  it("redacts the key, which Cinder repeats: extra property", async () => {
    const { id, auth_key } = await createTransfer();
    expect(await refusalOf(`${TRANSFERS}/${id}/accept`, { accept: { auth_key, more: 1 } })).toBe(
      of(
        "accept",
        "{'auth_key': '***', 'more': 1}",
        "Additional properties are not allowed ('more' was unexpected)",
      ),
    );
  });

  it("returns 400 where Cinder returns 500: no body", async () => {
    expect(await refusalOf(`${TRANSFERS}/${ID}/accept`, "")).not.toBe("");
  });
});

describe("POST /v3/{project_id}/volumes returns Cinder's message for the size", () => {
  it.each([
    [0, "0 is less than the minimum of 1"],
    [-1, "-1 is less than the minimum of 1"],
    ["big", "'big' does not match '^[0-9]+$'"],
    [1.5, "1.5 is not of type 'integer', 'string', 'null'"],
    [2147483648, "2147483648 is greater than the maximum of 2147483647"],
  ])("%j", async (size, wrong) => {
    expect(await refusalOf("/v3/volumes", { volume: { size } })).toBe(of("size", String(size), wrong));
  });

  it("if it is an integer that no JSON number holds exactly", async () => {
    expect(await refusalOf("/v3/volumes", { volume: { size: 2 ** 60 } })).toMatch(
      / is greater than the maximum of 2147483647$/,
    );
  });
});

describe("a value in a message", () => {
  it.each([
    [true, "True"],
    [1.5, "1.5"],
    [[null, false, "a"], "[None, False, 'a']"],
    [{ a: { b: [] } }, "{'a': {'b': []}}"],
    [["it's"], `["it's"]`],
    [[`'"`], `['\\'"']`],
    [["a\\b"], "['a\\\\b']"],
    [["a\nb"], "['a\\nb']"],
    [["a\tb\rc"], "['a\\tb\\rc']"],
    [["é 📦"], "['é 📦']"],
  ])("%j is formatted as Python does", async (value, written) => {
    const message = of("volume_id", written, `${written} is not of type 'string'`);
    expect(await refusalOf(TRANSFERS, { transfer: { volume_id: value } })).toBe(message);
  });
});

describe("the message for a body with several errors", () => {
  it.each([
    [
      "the one nearest to the root",
      { transfer: { volume_id: "nope" }, other: 1 },
      "Additional properties are not allowed ('other' was unexpected)",
    ],
    [
      "all properties that nobody knows",
      { transfer: { volume_id: ID }, other: 1, another: 2 },
      "Additional properties are not allowed ('other', 'another' were unexpected)",
    ],
  ])("names %s", async (_what, body, message) => {
    expect(await refusalOf(TRANSFERS, body)).toBe(message);
  });
});
