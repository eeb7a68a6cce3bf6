import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { startHttpServer } from "../../support/http_server.ts";
import { median, percentile } from "../../support/statistics.ts";
import { runLoad, type Step } from "./load.ts";
import { selectParts } from "./parts.ts";
import type { Measurement } from "./race.ts";
import { costSection } from "./report/cost_section.ts";
import { goalsSection } from "./report/goals_section.ts";

describe("selectParts", () => {
  it("selects every part that needs only Node by default", () => {
    const parts = selectParts([]);
    expect(parts).toContain("throughput");
    expect(parts).not.toContain("cinder");
    expect(parts).not.toContain("pocketbase");
  });

  it("selects the named parts, in the order in which they run", () => {
    expect(selectParts(["growth", "throughput"])).toEqual(["throughput", "growth"]);
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

describe("runLoad", () => {
  const step = (path: string, onResponse: Step["onResponse"] = () => {}): Step => ({
    method: "POST",
    request: () => ({ path, body: { text: "ä" } }),
    status: 200,
    onResponse,
  });

  it("reads responses that have a length, come in chunks, or in several parts", async () => {
    const server = await startHttpServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        if (request.url === "/length") response.setHeader("Content-Length", Buffer.byteLength(body));
        response.write(body.slice(0, 9));
        setTimeout(() => response.end(body.slice(9)), 5);
      });
    });
    const bodies: string[] = [];
    const steps = ["/length", "/chunks"].map((path) => step(path, (body) => bodies.push(body)));
    const { requests } = await runLoad(server.url, 2, 0.05, () => steps);
    await server.stop();
    expect(new Set(bodies)).toEqual(new Set(['{"text":"ä"}']));
    expect(requests).toBe(bodies.length);
    // No connection ends within its sequence.
    expect(requests % 2).toBe(0);
  });

  it("fails at a response with another status", async () => {
    const server = await startHttpServer((_request, response) => response.writeHead(503).end("busy"));
    await expect(runLoad(server.url, 1, 1, () => [step("/")])).rejects.toThrow("POST /: 503");
    await server.stop();
  });

  it("fails if the server closes a connection", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await expect(runLoad(`http://127.0.0.1:${port}`, 1, 1, () => [step("/")])).rejects.toThrow();
    server.close();
  });
});

const measurement = (contender: string, operation: Measurement["operation"], rate: number): Measurement => ({
  contender,
  operation,
  connections: 8,
  requestsPerSecond: rate,
  p50: 1,
  p99: 1,
  cpuMs: 2,
});
const environment = { date: "", machine: "" };

describe("costSection", () => {
  it("adds the prices of the request, its CPU time, its rows and its line of the log", () => {
    const paragraphs = costSection({
      throughput: {
        measurements: [measurement("service", "create and accept", 1), measurement("service", "show", 1)],
        servers: [],
        ...environment,
      },
      remote: {
        race: { measurements: [], servers: [] },
        endpoints: [],
        rows: [
          { operation: "create", read: 100, written: 9 },
          { operation: "accept", read: 100, written: 16 },
          { operation: "look for changes", read: 30, written: 0 },
        ],
        ...environment,
      },
    });
    // Per million: $0.30 + 2 × $0.02 + 100 × $0.001 + 9 × $1.00, and $0.60 for the lines of the log.
    expect(paragraphs.join("\n")).toContain("| create | 100 | 9 | 2.00 | $9.44 | $10.04 |");
    // $0.37 a million, 15 times a minute, for 8 hours on 22 days.
    expect(paragraphs.join("\n")).toContain("it asks 158,400 times, for $0.06, or $0.15 with");
    expect(paragraphs.join("\n")).toContain("100,000 rows written a day, which are 4,000 transfers");
  });
});

describe("goalsSection", () => {
  it("says which ratios are met", () => {
    const pocketbase = {
      measurements: [measurement("service", "show", 79), measurement("PocketBase", "show", 100)],
      servers: [],
      ...environment,
    };
    expect(goalsSection({ pocketbase }).join("\n")).toContain("| 0.79 | ≥ 0.8 | **missed** |");
  });
});
