import type { IConfiguration, IForbiddenRuleType } from "dependency-cruiser";

/**
 * The modules of `src/` (folders, and files directly in it) from top to bottom, with their content. A module imports
 * itself, its own level and the levels below.
 */
export const LEVELS: readonly Readonly<Record<string, string>>[] = [
  {
    cli: "The commands of `npm run` and of the package (`npx volume-transfers`). With `host/` the only folder that imports `node:` modules.",
  },
  {
    host: "The Node process of `npm start`, `npm run serve` and the package: HTTP, the embedded database, the job of each minute.",
  },
  { "index.ts": "The Worker: `fetch`, and `scheduled` for the sweep, which also delivers events." },
  {
    "app.ts": "The middleware in order, and the mounted resources.",
    "client.ts": "`createClient`, and the type of the API. Imports types only.",
  },
  {
    facade: "What a region in front of a Cinder passes through.",
  },
  {
    discovery:
      "What answers without a resource: versions, regions, `/healthcheck`, `/readyz`, `/metrics`, extensions, groups, resource filters, availability zones.",
    handoff:
      "The page for people at `/handoff`: sign-in, session cookie, headers. `handoff/page/` is the code of the browser, with types and a build of its own; the two share no code.",
    transfers:
      "Transfers. As in each resource: routes, schemas, views; for each verb (create, list, show, …) the operation in `verb.ts`, and its statements with their guards in `verb.sql.ts`. `transfers/facade/` does the same over the transfers of a Cinder.",
    snapshots: "Snapshots.",
  },
  { volumes: "Volumes, and the metadata of volumes and snapshots." },
  {
    quotas:
      "Quota sets and limits; `usage.sql.ts` (usage, in the batches of the resources); `room.sql.ts` (the condition that a quota has room) and `room.ts` (the messages if it has not).",
    events:
      "The outbox and the feed; `record.sql.ts` (the statements that write events, in the batches of the resources).",
  },
  { volume_types: "Volume types with their extra specs, encryption and access lists." },
  {
    openapi:
      "`describeRoute`, and `document.ts`, which makes `/openapi.json` before each build ([decision 15](decisions/0015-small-bundle.md)); `/docs`.",
  },
  { identity: "Authentication (Keystone, JWT, no-auth), the token cache, the policy." },
  {
    http: "What every request passes: context, caller, region, request ID, log, load, faults, microversions, body, pagination, links.",
  },
  {
    db: "`schema/` (all tables), `statements/` (batches of named queries, keyset pages), `engine/` (D1, libSQL, groups of concurrent requests).",
  },
  {
    dialect:
      "How Cinder words things: Python's literals and `repr`, messages of validation, what is redacted.",
    metrics: "Counters and histograms, and their text in OpenMetrics.",
  },
  {
    config:
      "The configuration, read and validated once: `config.ts` alone reads variables and bindings. The regions of a deployment.",
  },
];

/** The packages that are bundled. The package installs none of them but Hono and libSQL. */
const BUNDLED = [
  "hono",
  "@hono/node-server",
  "drizzle-orm",
  "@libsql/client",
  "libsql",
  "zod",
  "jose",
  "oauth4webapi",
  "preact",
  "uqr",
  "@picocss/pico",
];

const levels = LEVELS.map((level) => Object.keys(level));

/** Returns the pattern of all files of some modules. */
const filesOf = (modules: readonly string[]): string =>
  `^src/(${modules.join("|").replaceAll(".", "\\.")})(/|$)`;

const direction = levels.flatMap((level, index) =>
  level.map(
    (module): IForbiddenRuleType => ({
      name: `downwards-from-${module}`,
      comment: "Imports point downwards: see the table of modules in docs/architecture.md.",
      severity: "error",
      from: { path: filesOf([module]) },
      to: { path: "^(src|test|examples)/", pathNot: filesOf(levels.slice(index).flat()) },
    }),
  ),
);

const forbidden: IForbiddenRuleType[] = [
  {
    name: "no-circular",
    comment: "Files that import each other cannot be understood separately. Type-only imports count.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "known-module",
    comment: "Every file of src/ belongs to a module. Add a new module to the list of levels.",
    severity: "error",
    from: { path: "^src/", pathNot: filesOf(levels.flat()) },
    to: {},
  },
  ...direction,
  {
    name: "config-once",
    comment:
      "The configuration is read and validated once, in src/config/config.ts. Nothing else imports the variables of a subject.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/config/" },
    to: { path: "^src/config/", pathNot: "^src/config/(config|deployment|region_variables)\\.ts$" },
  },
  {
    name: "client-imports-types",
    comment: "The client uses the type of the API. A value would bundle the service into the client.",
    severity: "error",
    from: { path: "^src/client\\.ts$" },
    to: { path: "^src/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "page-and-worker-apart",
    comment:
      "The page runs in browsers, and the Worker does not. They share requests and responses, no code.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/handoff/page/" },
    to: { path: "^src/handoff/page/" },
  },
  {
    name: "page-imports-page",
    comment:
      "The page runs in browsers, and the Worker does not. They share requests and responses, no code.",
    severity: "error",
    from: { path: "^src/handoff/page/" },
    to: { path: "^src/", pathNot: "^src/handoff/page/" },
  },
  {
    name: "examples-stand-alone",
    comment: "An example is copied into another project. It speaks to the service over HTTP.",
    severity: "error",
    from: { path: "^examples/([^/]+)/" },
    to: { path: "^(src|test|drizzle|examples)/", pathNot: "^examples/$1/" },
  },
  {
    name: "resource-internals",
    comment:
      "A resource uses another's public functions, never its statements, views or routes. The exceptions are the " +
      "statements and conditions of usage, which are part of the batch of the resource.",
    severity: "error",
    from: { path: "^src/([^/]+)/" },
    to: {
      path: ["^src/.+\\.sql\\.ts$", "^src/.+/(views|[a-z_]*routes)\\.ts$"],
      pathNot: ["^src/$1/", "^src/(quotas/(usage|room)|events/record)\\.sql\\.ts$"],
    },
  },
  {
    name: "usage-in-statements",
    comment:
      "The statements that keep a project's usage belong in the batch of the operation that changes it.",
    severity: "error",
    from: { path: "^src/", pathNot: "\\.sql\\.ts$|^src/quotas/" },
    to: { path: "^src/quotas/(usage|room)\\.sql\\.ts$", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "statements-know-no-http",
    comment: "Statements take and return values of the domain, not requests and responses.",
    severity: "error",
    from: { path: "\\.sql\\.ts$" },
    to: { path: "^src/(http|openapi|identity)/|/(routes|schemas|views)\\.ts$|^node_modules/hono/" },
  },
  {
    name: "sql-in-sql-files",
    comment: "SQL is allowed only in *.sql.ts and src/db/.",
    severity: "error",
    from: { path: "^src/", pathNot: "\\.sql\\.ts$|^src/db/" },
    // The libSQL driver, the reader of migrations and the error types contain no SQL builders.
    to: { path: "^node_modules/drizzle-orm/", pathNot: "^node_modules/drizzle-orm/(libsql|migrator|errors)" },
  },
  {
    name: "web-apis-only",
    comment: "The Worker uses Web APIs only. src/host, src/cli and test/ run on Node.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/(cli|host)/" },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "zod-mini",
    comment: "zod's schemas bundle all their methods. Those of zod/mini bundle the functions that are used.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/cli/" },
    to: { path: "^node_modules/zod/", pathNot: "^node_modules/zod/mini/" },
  },
  {
    name: "one-router",
    comment:
      "Hono bundles three routers. `createRouter` of src/http/router.ts uses the one that serves here.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/cli/" },
    to: {
      path: "^node_modules/hono/dist/(index|hono|preset/.*|validator/.*)\\.js$",
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "bundled-packages",
    comment: "What the Worker, its page and the host are made of. Types are not bundled.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/cli/" },
    to: {
      path: "^node_modules/",
      pathNot: `^node_modules/(${BUNDLED.join("|")})/`,
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "resolvable",
    comment: "A dependency that cannot be resolved cannot be checked.",
    severity: "error",
    from: {},
    // A project of its own imports the package, which does not exist before `npm pack`.
    to: { couldNotResolve: true, pathNot: "^(cloudflare:|volume-transfers/)" },
  },
];

export default {
  forbidden,
  options: {
    // TypeScript 7 has no JavaScript API; swc's parser reports type-only imports too.
    parser: "swc",
    // The test of these rules links the installed packages into a copy of the project.
    preserveSymlinks: true,
    doNotFollow: { path: "^node_modules" },
    // Declaration files describe JavaScript; swc does not parse their constants without a value.
    exclude: { path: "\\.d\\.m?ts$" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["workerd", "import", "node", "default"],
    },
  },
} satisfies IConfiguration;
