import type { IConfiguration, IForbiddenRuleType } from "dependency-cruiser";

/** The modules of `src/` (folders, and files directly in it) from top to bottom. A module imports itself, its own level and the levels below. */
export const levels: readonly (readonly string[])[] = [
  ["cli"],
  ["host"],
  ["index.ts"],
  ["app.ts", "client.ts"],
  ["discovery", "handoff", "transfers", "snapshots"],
  ["volumes"],
  ["quotas", "events"],
  ["volume_types"],
  ["openapi"],
  ["identity"],
  ["http"],
  ["db"],
  ["dialect", "metrics", "version.ts"],
  ["config"],
];

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
    to: { path: "^(src|test|packaging|drizzle|examples)/", pathNot: "^examples/$1/" },
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
    name: "no-dev-dependency",
    comment: "The Worker bundles dependencies, not development tools. Types are not bundled.",
    severity: "error",
    from: { path: "^src/", pathNot: "^src/cli/" },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
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
