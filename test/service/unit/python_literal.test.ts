import { describe, expect, it } from "vitest";
import { parseLiteral } from "../../../src/dialect/python_literal.ts";
import { parseMetadataFilter, parseTimeFilter } from "../../../src/http/list_filters.ts";

describe("a Python literal", () => {
  it.each([
    ["{}", new Map()],
    ["{'a': 'b'}", new Map([["a", "b"]])],
    [
      '{"a": "b", \'c\':"d",}',
      new Map([
        ["a", "b"],
        ["c", "d"],
      ]),
    ],
    [" { u'a' : 'it\\'s' } ", new Map([["a", "it's"]])],
    [`{"it's": "\\x41\\u00e9\\n\\q"}`, new Map([["it's", "Aé\n\\q"]])],
    ["{'a': {'b': [1, -2.5, True, None]}}", new Map([["a", new Map([["b", [1, -2.5, true, null]]])]])],
    ["('a', 'b')", ["a", "b"]],
    ["r'\\n'", "\\n"],
    ["None", null],
    ["False", false],
    ["17", 17],
  ])("%s is parsed", (text, value) => {
    expect(parseLiteral(text)).toEqual(value);
  });

  it.each([
    "",
    "a",
    "{'a'}",
    "{'a': }",
    "{'a': 'b'",
    "{'a': 'b'} x",
    "{'a': b}",
    "{'a' 'b'}",
    '{"a": true}',
    "'open",
    "12a",
    "true",
    "__import__('os')",
    "[".repeat(100),
    `[${"1,".repeat(10_000)}]`,
  ])("%j is a text", (text) => {
    expect(parseLiteral(text)).toBe(text);
  });
});

describe("the filter metadata", () => {
  it("is a dictionary of texts", () => {
    expect(parseMetadataFilter("{\"a\": \"1\", 'b': '2'}")).toBe('{"a":"1","b":"2"}');
    expect(parseMetadataFilter("{'__proto__': 'x'}")).toBe('{"__proto__":"x"}');
    for (const text of ["a", "{'a': 1}", "{1: 'a'}", "['a']", "{'a': {}}"]) {
      expect(parseMetadataFilter(text)).toBeUndefined();
    }
  });
});

describe("a filter of times", () => {
  const first = Date.UTC(2026, 10, 23, 15, 20, 0);
  it.each([
    ["gt:2026-11-23T15:20:00", [["gt", first]]],
    ["gte:2026-11-23T15:20:00.250000", [["gte", first + 250]]],
    ["lt:2026-11-23T16:20:00+01:00", [["lt", first]]],
    ["lt:2026-11-23T16:20:00+01", [["lt", first]]],
    ["lte:2026-11-23 15:20Z", [["lte", first]]],
    ["eq:20261123T152000", [["eq", first]]],
    ["neq:2026-11-23", [["neq", Date.UTC(2026, 10, 23)]]],
    [
      "gt:2026-11-23,lt:2026-11-24",
      [
        ["gt", Date.UTC(2026, 10, 23)],
        ["lt", Date.UTC(2026, 10, 24)],
      ],
    ],
  ])("%s is parsed", (text, comparisons) => {
    expect(parseTimeFilter(text)).toEqual(comparisons);
  });

  it.each([
    ["2026-11-23T15:20:00", "Invalid 2026-11-23T15 operator"],
    ["before:2026-11-23", "Invalid before operator"],
    ["gt", "Invalid gt value"],
    ["gt:", "Invalid  value"],
    ["gt:yesterday", "Invalid yesterday value"],
    ["gt:2026-13-01", "Invalid 2026-13-01 value"],
    ["gt:2026-11-23,", "Invalid  operator"],
    ["", "Invalid  operator"],
  ])("%j is rejected with 400", (text, message) => {
    expect(() => parseTimeFilter(text)).toThrow(message);
  });
});
