import { type Bar, barChart } from "./bar_chart.ts";
import { BUDGET } from "./bundle_size.ts";
import { costs } from "./cost.ts";
import { GOAL, type Growth, SHOWN } from "./growth.ts";
import type { Results } from "./results.ts";
import { DELAY_MS, LIMIT_MS } from "./round_trips.ts";
import { GOALS } from "./throughput.ts";

/** What Cinder 21.3 does on two cores: uwsgi with four processes, MariaDB, a no-op driver, 8 connections. */
const CINDER: Readonly<Record<string, string>> = {
  show: "228",
  list: "97 (at 1,000 transfers; 6.5 at 100,000)",
  "create and accept": "13.6 (6.8 pairs)",
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

const holds = (yes: boolean): string => (yes ? "holds" : "**does not hold**");
const ms = (value: number): string => value.toFixed(1);
const count = (value: number): string => Math.round(value).toLocaleString("en");

/** The files of a report, by name: the document, and the charts that it shows. */
export function report(results: Results): Record<string, string> {
  const parts = [throughput(results), roundTrips(results), growth(results), weight(results), far(results)];
  const cost = costs(results);
  const document = [
    "# Performance",
    "Measured by `npm run bench`, which writes this document and [performance.json](performance.json). Ratios are of one run on one machine; a figure on its own is worth what the machine is worth. `npm run bench -- --quick` ends within a minute and shows whether it works.",
    ...parts.flatMap(({ text }) => text),
    ...(cost === undefined ? [] : cost),
    LIMITS(results),
  ].join("\n\n");
  return Object.assign({ "performance.md": `${document}\n` }, ...parts.map(({ charts }) => charts));
}

interface Part {
  readonly text: readonly string[];
  readonly charts: Readonly<Record<string, string>>;
}
const NOTHING: Part = { text: [], charts: {} };

function throughput({ throughput }: Results): Part {
  if (throughput === undefined) return NOTHING;
  const { throughput: all, startMs, memory, date, machine } = throughput;
  const bars = all
    .filter(({ connections }) => connections === 8)
    .flatMap(({ operation, service, floor }): Bar[] => [
      {
        label: operation,
        value: service.requestsPerSecond,
        text: count(service.requestsPerSecond),
        series: 0,
      },
      { label: "", value: floor.requestsPerSecond, text: count(floor.requestsPerSecond), series: 1 },
    ]);
  const text = [
    "## Against the floor",
    `${date}, ${machine}.`,
    "The floor is the smallest Worker that does the same database work: the statements that the service was seen to send, by one call of `@libsql/client`, with no routes, identity, validation or views (`test/bench/floor_worker.ts`). Both run on `workerd`, in turns, on the same sqld, which holds 10,000 transfers, a tenth of them live. `list` is a page of 50 in detail. Pairs count as two requests. autocannon drives them.",
    "![requests per second](performance-throughput.svg)",
    table(
      [
        "Operation",
        "Connections",
        "Requests/s",
        "Floor",
        "Ratio",
        "Goal",
        "p50 ms",
        "p99 ms",
        "CPU ms a request",
        "Floor's",
      ],
      all.map(({ operation, connections, service, floor, ratio }) => {
        const goal = GOALS[operation];
        return [
          operation,
          String(connections),
          count(service.requestsPerSecond),
          count(floor.requestsPerSecond),
          ratio.toFixed(2),
          goal === undefined ? "" : `${goal.toFixed(2)}: ${holds(ratio >= goal)}`,
          ms(service.p50),
          ms(service.p99),
          service.cpuMs.toFixed(2),
          floor.cpuMs.toFixed(2),
        ];
      }),
    ),
    "For scale, what Cinder 21.3 does on two cores (uwsgi with four processes, MariaDB, a no-op driver, 8 connections), in requests a second. The machine was another one.",
    table(
      ["Operation", "Cinder", "This service, 8 connections"],
      all
        .filter(({ operation, connections }) => connections === 8 && CINDER[operation] !== undefined)
        .map(({ operation, service }) => [
          operation,
          CINDER[operation] ?? "",
          count(service.requestsPerSecond),
        ]),
    ),
    "Where it is less than ten times Cinder's, the libSQL server and its client are what sets the pace, as the floor shows; and it writes one transaction at a time.",
    `Start: ${count(startMs)} ms from the start of \`workerd\` to the first answer.`,
    table(
      ["Memory, MB", "At rest", "At the height of the load"],
      (["workerd", "sqld"] as const).map((name) => [
        name,
        count(memory[name].rest),
        count(memory[name].load),
      ]),
    ),
  ];
  return {
    text,
    charts: {
      "performance-throughput.svg": barChart("Requests a second, 8 connections", ["service", "floor"], bars),
    },
  };
}

function roundTrips({ roundTrips }: Results): Part {
  if (roundTrips === undefined) return NOTHING;
  const { endpoints, date, machine } = roundTrips;
  const slow = endpoints.filter(({ ms }) => ms > LIMIT_MS);
  const sorted = [...endpoints].sort((a, b) => b.ms - a.ms);
  return {
    text: [
      "## Round trips",
      `${date}, ${machine}.`,
      `A proxy adds ${DELAY_MS} ms to each exchange between the Worker and sqld. Goal: the median of every endpoint, with a token of Keystone's that the Worker remembers, is at most ${LIMIT_MS} ms. It ${holds(slow.length === 0)}, for ${endpoints.length - slow.length} of ${endpoints.length}. The ten slowest:`,
      table(
        ["Endpoint", "Median, ms"],
        sorted.slice(0, 10).map(({ endpoint, ms: time }) => [`\`${endpoint}\``, ms(time)]),
      ),
    ],
    charts: {},
  };
}

function growth({ growth }: Results): Part {
  if (growth === undefined) return NOTHING;
  const { growth: all, date, machine } = growth;
  const sizes = [...new Set(all.map(({ transfers }) => transfers))].sort((a, b) => a - b);
  const [least = 0, most = 0] = [sizes[0], sizes.at(-1)];
  const of = (layout: Growth["layout"], operation: string, transfers: number) =>
    all.find((one) => one.layout === layout && one.operation === operation && one.transfers === transfers);
  const rows = (["one project", "1,000 projects"] as const).flatMap((layout) =>
    SHOWN.map((operation) => {
      const measured = sizes.map((size) => of(layout, operation, size));
      const same = new Set(measured.map((one) => one?.rowsRead)).size === 1;
      const ratio = (of(layout, operation, most)?.ms ?? Number.NaN) / (of(layout, operation, least)?.ms ?? 1);
      return [
        layout,
        operation,
        ...measured.map((one) => String(one?.rowsRead)),
        holds(same),
        ...measured.map((one) => (one?.ms ?? Number.NaN).toFixed(2)),
        `${ratio.toFixed(2)}: ${holds(ratio <= GOAL)}`,
      ];
    }),
  );
  const bars = SHOWN.flatMap((operation): Bar[] =>
    [least, most].map((size, series) => {
      const value = of("one project", operation, size)?.ms ?? 0;
      return { label: series === 0 ? operation : "", value, text: `${value.toFixed(2)} ms`, series };
    }),
  );
  return {
    text: [
      "## Growth",
      `${date}, ${machine}.`,
      `As many volumes as transfers, a tenth of them live; all in the caller's project, or 1,000 in the caller's and the rest in 999 others. Pages have 20 items. Goals: as many rows read at every size, and at ${count(most)} transfers at most ${GOAL} times the time at ${count(least)}. The rows are those that sqld says it read; the times are medians of the whole request, one at a time, with what Node takes to ask.`,
      "![time by size](performance-growth.svg)",
      table(
        [
          "Transfers in",
          "Operation",
          ...sizes.map((size) => `Rows at ${count(size)}`),
          "Same",
          ...sizes.map((size) => `ms at ${count(size)}`),
          "Ratio",
        ],
        rows,
      ),
    ],
    charts: {
      "performance-growth.svg": barChart("Median time in one project", [count(least), count(most)], bars),
    },
  };
}

function weight({ weight }: Results): Part {
  if (weight === undefined) return NOTHING;
  const { gzipped, minified, parts } = weight;
  return {
    text: [
      "## Weight",
      `The Worker is ${count(gzipped)} bytes, minified and gzipped (${count(minified)} minified), of ${count(BUDGET)}: ${holds(gzipped <= BUDGET)}. \`npm run weight\` prints it, and CI fails beyond the budget. Each part's share of the gzipped bytes is its share of the minified ones.`,
      table(
        ["Part", "Bytes"],
        parts.map((part) => [part.name, count(part.gzipped)]),
      ),
    ],
    charts: {},
  };
}

/** A round trip between continents, milliseconds: what a network between Frankfurt and Sydney takes. */
const FAR_MS = 250;

function far({ roundTrips }: Results): Part {
  const show = roundTrips?.endpoints.find(({ endpoint }) => endpoint === "GET /volume-transfers/{deep}");
  return {
    text: [
      "## Far from the database",
      `Each request asks the database once, so where the Worker runs decides what distance costs. With smart placement (\`wrangler.toml\`) Cloudflare runs it near the database, and a caller on another continent waits for one round trip between continents, say ${FAR_MS} ms, and what the service takes beside its database. A Worker near the caller would wait as long for the database. Nothing is asked in sequence, so nothing adds up${show === undefined ? "" : `: with a database ${DELAY_MS} ms away a show takes ${ms(show.ms)} ms`}.`,
      "D1 can have read replicas. Each answer on D1 has an `x-d1-bookmark`; a caller that sends it with the next request lets any replica answer that is at least as new. A caller that sends none is answered by the primary, and so sees all that was written: clients that know nothing of bookmarks must see their own writes, so that is the default. With read replication on and a bookmark in each request, take smart placement out: the Worker then runs near the caller, beside a replica.",
    ],
    charts: {},
  };
}

const LIMITS = ({ throughput, growth }: Results): string => {
  const pairs = throughput?.throughput.find(
    ({ operation, connections }) => operation === "create and accept" && connections === 8,
  );
  const largest = growth?.bytes.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return [
    "## Limits",
    [
      pairs === undefined
        ? ""
        : `- One libSQL primary carries ${count(pairs.service.requestsPerSecond)} offers and accepts a second here. SQLite writes one transaction at a time; more connections or Workers do not change that.`,
      "- One D1 database runs one query at a time, too: a thousand a second if each takes one millisecond. It holds at most 10 GB.",
      largest === undefined
        ? ""
        : `- ${count(largest.transfers)} transfers with as many volumes take ${count(largest.bytes / 1e6)} MB with the log, so 10 GB hold about ${count((1e10 / largest.bytes) * largest.transfers)}. History is never deleted ([storage.md](storage.md#retention)).`,
      "- Reads are not limited by the primary where there are replicas: of libSQL, or of D1 with bookmarks.",
      "- The road past it is a database for each group of projects, chosen by the token's project. It is not built. A transfer between two groups would no longer be one transaction: it would need a record of the handoff on both sides, and a job that finishes what a crash has left half done. As long as one primary carries the writes, that is not worth it.",
    ]
      .filter((line) => line !== "")
      .join("\n"),
  ].join("\n\n");
};
