import { describe, expect, it } from "vitest";
import { CliError } from "../../src/cli/errors.ts";
import { median, percentile } from "../support/statistics.ts";
import { parseArguments } from "./arguments.ts";
import type { OperationName } from "./operations.ts";
import { extractStatements } from "./recorded_statements.ts";
import { barChart } from "./report/bar_chart.ts";
import { costSection } from "./report/cost_section.ts";

describe("parseArguments", () => {
  it("selects every part by default", () => {
    expect(parseArguments([]).parts).toEqual([
      "bundle-size",
      "floor",
      "far-away",
      "events",
      "delivery",
      "profile",
      "round-trips",
      "growth",
      "regions",
    ]);
  });

  it("selects the race with Cinder only if it is named", () => {
    expect(parseArguments(["cinder"]).parts).toEqual(["cinder"]);
  });

  it("selects the named parts, in the order in which they run", () => {
    expect(parseArguments(["growth", "--quick", "floor"])).toEqual({
      parts: ["floor", "growth"],
      quick: true,
    });
  });

  it("selects no part for --report", () => {
    expect(parseArguments(["--report"])).toEqual({ parts: [], quick: false });
  });

  it.each([["speed"], ["--fast"]])("rejects %s", (argument) => {
    expect(() => parseArguments([argument])).toThrow(CliError);
  });
});

describe("median", () => {
  it.each([
    [[3], 3],
    [[1, 9], 5],
    [[9, 1, 2], 2],
    [[4, 1, 100, 2], 3],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("percentile", () => {
  it.each([
    [[4, 1, 3, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.99, 4],
    [[7], 0.5, 7],
  ])("of %j and %d is %d", (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe("extractStatements", () => {
  it("replaces the parameters of a write and drops the statements of the transaction", () => {
    const text = (value: string) => ({ type: "text", value });
    const step = (sql: string, args: object[] = []) => ({ stmt: { sql, args } });
    const request = {
      requests: [
        { type: "store_sql", sql_id: 1, sql: "update transfers set accepted = ? where id = ?" },
        {
          type: "batch",
          batch: {
            steps: [
              step("BEGIN IMMEDIATE"),
              { stmt: { sql_id: 1, args: [{ type: "integer", value: "1" }, text("t-1")] } },
              step("insert into log values (?, ?, ?)", [
                text("a".repeat(64)),
                text("req-1"),
                { type: "null" },
              ]),
              step("COMMIT"),
            ],
          },
        },
        { type: "close" },
      ],
    };
    expect(extractStatements(JSON.stringify(request), new Map(), new Map([["t-1", "id"]]))).toEqual({
      mode: "write",
      statements: [
        { sql: "update transfers set accepted = ? where id = ?", args: [1, { name: "id" }] },
        { sql: "insert into log values (?, ?, ?)", args: ["0".repeat(64), { name: "id" }, null] },
      ],
    });
  });
});

describe("extractStatements with stored texts", () => {
  const store = { type: "store_sql", sql_id: 0, sql: "select 1" };
  const execute = { type: "execute", stmt: { sql_id: 0 } };

  it("takes a text from an earlier request of the same stream", () => {
    const stored = new Map<number, string>();
    extractStatements(JSON.stringify({ requests: [store, execute] }), stored, new Map());
    const second = extractStatements(JSON.stringify({ baton: "b", requests: [execute] }), stored, new Map());
    expect(second.statements).toEqual([{ sql: "select 1", args: [] }]);
  });

  it("throws for a text that its stream does not have", () => {
    const stored = new Map([[0, "select 1"]]);
    const request = JSON.stringify({ baton: null, requests: [execute] });
    expect(() => extractStatements(request, stored, new Map())).toThrow("the text 0 was not stored");
  });
});

describe("extractStatements with constants", () => {
  it("keeps a value that only looks like an HMAC", () => {
    const check = "c".repeat(64);
    const request = {
      requests: [
        {
          type: "execute",
          stmt: {
            sql: "select ?, ?",
            args: [check, "d".repeat(64)].map((value) => ({ type: "text", value })),
          },
        },
      ],
    };
    expect(
      extractStatements(JSON.stringify(request), new Map(), new Map(), new Set([check])).statements,
    ).toEqual([{ sql: "select ?, ?", args: [check, "0".repeat(64)] }]);
  });
});

describe("costSection", () => {
  it("adds the prices of the request, its CPU time and its rows", () => {
    const measurement = { requestsPerSecond: 1, p50: 1, p99: 1, cpuMs: 2, sqldCpuMs: 3 };
    const environment = { date: "", machine: "" };
    const throughput = (operation: OperationName) => ({
      operation,
      connections: 8,
      service: measurement,
      floor: measurement,
      ratio: 1,
    });
    const memory = { workerd: { rest: 1, load: 1 }, sqld: { rest: 1, load: 1 } };
    const { paragraphs } = costSection({
      throughput: { throughput: [throughput("create and accept")], startMs: 1, memory, ...environment },
      growth: {
        growth: [
          { layout: "one project", transfers: 10, operation: "create", rowsRead: 100, rowsWritten: 9, ms: 1 },
        ],
        bytes: [],
        ...environment,
      },
    });
    // Per million: $0.30 + 2 × $0.02 + 100 × $0.001 + 9 × $1.00.
    expect(paragraphs.join("\n")).toContain("| create | 100 | 9 | 2.00 | $9.44 |");
  });
});

describe("barChart", () => {
  const svg = barChart(
    "a < b & c",
    ["series"],
    [
      { label: "half", value: 1, text: "1", series: 0 },
      { label: "whole", value: 2, text: "2", series: 0 },
    ],
  );

  it("draws bars in proportion to their values", () => {
    const widths = [...svg.matchAll(/width="([\d.]+)" height="16"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(2);
    expect(widths[1]).toBeCloseTo(2 * (widths[0] ?? 0), 0);
  });

  it("escapes the characters of XML", () => {
    expect(svg).toContain("a &lt; b &amp; c");
  });
});
