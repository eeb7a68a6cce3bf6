import { describe, expect, it } from "vitest";
import { post } from "./service.ts";

/** A well-formed key of no transfer. */
const KEY = "7k3m9x2p5q8r4t6v";
const ID = "aaaaaaaa-1111-4222-8333-444444444444";
const CREATE = "/v3/volume-transfers";
const ACCEPT = `/v3/volume-transfers/${ID}/accept`;

/** Returns the headers and the body of the response, in lower case. */
async function respond(path: string, body: unknown): Promise<string> {
  const response = await post(path, body);
  expect([400, 404, 413]).toContain(response.status);
  return (JSON.stringify([...response.headers]) + (await response.text())).toLowerCase();
}

/** Values that contain a key. */
const HOLDERS: [string, (key: string) => unknown][] = [
  ["itself", (key) => key],
  ["in capitals", (key) => key.toUpperCase()],
  ["in a list", (key) => [key]],
  ["deep in lists and objects", (key) => [{ a: { b: [[key]] } }]],
  ["the name of a property", (key) => ({ [key]: 1 })],
  ["under its own name", (key) => ({ auth_key: key })],
  ["in a list under its own name", (key) => ({ auth_key: [key] })],
  ["in a sentence", (key) => `The key is ${key}.`],
  ["in quotes", (key) => `'${key}' or "${key}"`],
  ["after an equals sign", (key) => `auth_key=${key}`],
  ["before a line break", (key) => `${key}\n`],
  ["after a line break", (key) => `\n${key}`],
  ["after a tab and a carriage return", (key) => [`\t${key}`, `\r${key}`]],
  ["after a backslash", (key) => `\\${key}`],
  ["twice", (key) => `${key}, ${key}`],
];

describe("the response of POST /v3/{project_id}/volume-transfers never contains a key from the request", () => {
  const transfer = (more: object) => ({ transfer: { volume_id: ID, ...more } });

  describe.each<[string, (value: unknown) => unknown]>([
    ["as the whole body", (value) => value],
    ["in place of the transfer", (value) => ({ transfer: value })],
    ["as an unknown property", (value) => transfer({ token: value })],
    ["as an auth_key", (value) => transfer({ auth_key: value })],
    ["as an auth_key and nothing else", (value) => ({ transfer: { auth_key: value } })],
    ["beside the transfer", (value) => ({ ...transfer({}), auth_key: value })],
    ["as the volume_id", (value) => transfer({ volume_id: value })],
    ["as the name", (value) => transfer({ name: value })],
    ["in a name that is too long", (value) => transfer({ name: `${"n".repeat(256)} ${value}` })],
    ["as no_snapshots", (value) => transfer({ no_snapshots: value })],
  ])("%s", (_place, put) => {
    it.each(HOLDERS)("%s", async (_how, hold) => {
      expect(await respond(CREATE, put(hold(KEY)))).not.toContain(KEY);
    });
  });
});

describe("the response of POST /v3/{project_id}/volume-transfers/{transfer_id}/accept never contains a key from the request", () => {
  describe.each<[string, (value: unknown) => unknown]>([
    ["as the whole body", (value) => value],
    ["in place of the accept", (value) => ({ accept: value })],
    ["as the auth_key", (value) => ({ accept: { auth_key: value } })],
    ["as the auth_key, with an unknown property", (value) => ({ accept: { auth_key: value, more: 1 } })],
    ["as an unknown property", (value) => ({ accept: { auth_key: "x", more: value } })],
    ["as a property that is misspelled", (value) => ({ accept: { authKey: value } })],
    ["beside the accept", (value) => ({ accept: { auth_key: "x" }, auth_key: value })],
  ])("%s", (_place, put) => {
    it.each(HOLDERS)("%s", async (_how, hold) => {
      expect(await respond(ACCEPT, put(hold(KEY)))).not.toContain(KEY);
    });
  });
});

describe("a response never contains a key of digits that was sent as a number", () => {
  const DIGITS = 1234567890123456;

  it.each([DIGITS, -DIGITS, DIGITS + 0.5, [DIGITS], { a: DIGITS }])("%j", async (value) => {
    const bodies = [
      value,
      { accept: value },
      { accept: { auth_key: value } },
      { accept: { auth_key: value, more: 1 } },
      { accept: { more: value } },
    ];
    for (const body of bodies) expect(await respond(ACCEPT, body)).not.toContain(String(DIGITS));
  });
});

describe("a response never contains a key from a body that is not read", () => {
  it.each([
    ["broken off", `{"accept":{"auth_key":"${KEY}`],
    ["no JSON", `auth_key=${KEY}`],
    ["too large", JSON.stringify({ accept: { auth_key: KEY, more: "x".repeat(120_000) } })],
  ])("%s", async (_how, body) => {
    expect(await respond(ACCEPT, body)).not.toContain(KEY);
  });
});
