import { describe, expect, it } from "vitest";
import { barChart } from "../bench/bar_chart.ts";
import { costs } from "../bench/cost.ts";
import { median } from "../bench/median.ts";

describe("the median", () => {
  it.each([
    [[3], 3],
    [[1, 9], 5],
    [[9, 1, 2], 2],
    [[4, 1, 100, 2], 3],
  ])("of %j is %d", (values, middle) => {
    expect(median(values)).toBe(middle);
  });
});

describe("a price", () => {
  it("is that of a request, its CPU time, and its rows", () => {
    const side = { requestsPerSecond: 1, p50: 1, p99: 1, cpuMs: 2 };
    const made = { date: "", machine: "" };
    const of = (operation: "show" | "list" | "create and delete" | "create and accept") => ({
      operation,
      connections: 8,
      service: side,
      floor: side,
      ratio: 1,
    });
    const memory = { workerd: { rest: 1, load: 1 }, sqld: { rest: 1, load: 1 } };
    const lines = costs({
      throughput: {
        throughput: [of("show"), of("list"), of("create and delete"), of("create and accept")],
        startMs: 1,
        memory,
        ...made,
      },
      growth: {
        growth: [
          { layout: "one project", transfers: 10, operation: "create", rowsRead: 100, rowsWritten: 9, ms: 1 },
        ],
        bytes: [],
        ...made,
      },
    });
    // 0.30 + 2 × 0.02 + 100 × 0.001 + 9 × 1.00 dollars a million
    expect(lines?.join("\n")).toContain("| create | 100 | 9 | 2.00 | $9.44 |");
  });
});

describe("a chart", () => {
  it("has a bar for each value, as long as it is large, and nothing that SVG would read as its own", () => {
    const svg = barChart(
      "a < b & c",
      ["one"],
      [
        { label: "half", value: 1, text: "1", series: 0 },
        { label: "whole", value: 2, text: "2", series: 0 },
      ],
    );
    const widths = [...svg.matchAll(/height="16" .*?|width="([\d.]+)" height="16"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths[1]).toBeCloseTo(2 * (widths[0] ?? 0), 0);
    expect(svg).toContain("a &lt; b &amp; c");
  });
});
