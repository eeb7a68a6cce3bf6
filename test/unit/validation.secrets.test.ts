import { describe, expect, it } from "vitest";
import { post } from "./service.ts";

/** Well-formed, and the key of nothing. */
const KEY = "7k3m9x2p5q8r4t6v";
const ID = "aaaaaaaa-1111-4222-8333-444444444444";
const CREATE = "/v3/volume-transfers";
const ACCEPT = `/v3/volume-transfers/${ID}/accept`;

/** All that the caller gets to see, in small letters. */
async function answer(path: string, body: unknown): Promise<string> {
  const response = await post(path, body);
  expect([400, 404, 413]).toContain(response.status);
  return (JSON.stringify([...response.headers]) + (await response.text())).toLowerCase();
}

/** What can hold a key. */
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

describe("the answer to 'Create a volume transfer' never tells a key that was posted", () => {
  const transfer = (more: object) => ({ transfer: { volume_id: ID, ...more } });

  describe.each<[string, (value: unknown) => unknown]>([
    ["as the whole body", (value) => value],
    ["in place of the transfer", (value) => ({ transfer: value })],
    ["as a property that nobody knows", (value) => transfer({ token: value })],
    ["as an auth_key", (value) => transfer({ auth_key: value })],
    ["as an auth_key and nothing else", (value) => ({ transfer: { auth_key: value } })],
    ["beside the transfer", (value) => ({ ...transfer({}), auth_key: value })],
    ["as the volume_id", (value) => transfer({ volume_id: value })],
    ["as the name", (value) => transfer({ name: value })],
    ["in a name that is too long", (value) => transfer({ name: `${"n".repeat(256)} ${value}` })],
    ["as no_snapshots", (value) => transfer({ no_snapshots: value })],
  ])("%s", (_place, put) => {
    it.each(HOLDERS)("%s", async (_how, hold) => {
      expect(await answer(CREATE, put(hold(KEY)))).not.toContain(KEY);
    });
  });
});

describe("the answer to 'Accept a volume transfer' never tells a key that was posted", () => {
  describe.each<[string, (value: unknown) => unknown]>([
    ["as the whole body", (value) => value],
    ["in place of the accept", (value) => ({ accept: value })],
    ["as the auth_key", (value) => ({ accept: { auth_key: value } })],
    [
      "as the auth_key, with a property that nobody knows",
      (value) => ({ accept: { auth_key: value, more: 1 } }),
    ],
    ["as a property that nobody knows", (value) => ({ accept: { auth_key: "x", more: value } })],
    ["as a property that is misspelled", (value) => ({ accept: { authKey: value } })],
    ["beside the accept", (value) => ({ accept: { auth_key: "x" }, auth_key: value })],
  ])("%s", (_place, put) => {
    it.each(HOLDERS)("%s", async (_how, hold) => {
      expect(await answer(ACCEPT, put(hold(KEY)))).not.toContain(KEY);
    });
  });
});

describe("a key that happens to be all digits, posted as a number, is never told", () => {
  const DIGITS = 1234567890123456;

  it.each([DIGITS, -DIGITS, DIGITS + 0.5, [DIGITS], { a: DIGITS }])("%j", async (value) => {
    const bodies = [
      value,
      { accept: value },
      { accept: { auth_key: value } },
      { accept: { auth_key: value, more: 1 } },
      { accept: { more: value } },
    ];
    for (const body of bodies) expect(await answer(ACCEPT, body)).not.toContain(String(DIGITS));
  });
});

describe("a key in a body that cannot be read is never told", () => {
  it.each([
    ["broken off", `{"accept":{"auth_key":"${KEY}`],
    ["no JSON", `auth_key=${KEY}`],
    ["too large", JSON.stringify({ accept: { auth_key: KEY, more: "x".repeat(120_000) } })],
  ])("%s", async (_how, body) => {
    expect(await answer(ACCEPT, body)).not.toContain(KEY);
  });
});
