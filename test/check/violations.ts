/** The scripts that `npm run check` runs. */
export const SCRIPTS = ["check:types", "check:style", "check:imports", "check:unused"] as const;

/** A rule of `npm run check`, and code that breaks it. */
export interface Violation {
  readonly rule: string;
  readonly script: (typeof SCRIPTS)[number];
  /** The file that breaks the rule: it is created, or the code is appended to it. */
  readonly file: string;
  readonly code: string;
  /** What the check prints. */
  readonly refusal: string;
}

/** Returns an import that a rule of `.dependency-cruiser.ts` forbids. */
const badImport = (rule: string, file: string, code: string): Violation => ({
  rule,
  script: "check:imports",
  file,
  code,
  refusal: `error ${rule}: ${file} → `,
});

const directions = [
  badImport(
    "downwards-from-cli",
    "src/cli/database/bad_direction.ts",
    `import "../../../test/support/venv.ts";`,
  ),
  badImport("downwards-from-index.ts", "src/index.ts", `import "./cli/processes/processes.ts";`),
  badImport("downwards-from-app.ts", "src/app.ts", `import "./index.ts";`),
  badImport("downwards-from-client.ts", "src/client.ts", `import type worker from "./index.ts";`),
  badImport("downwards-from-extensions.ts", "src/extensions.ts", `import type { app } from "./app.ts";`),
  badImport("downwards-from-groups.ts", "src/groups.ts", `import type { app } from "./app.ts";`),
  badImport("downwards-from-discovery.ts", "src/discovery.ts", `import type { app } from "./app.ts";`),
  badImport(
    "downwards-from-resource_filters.ts",
    "src/resource_filters.ts",
    `import type { app } from "./app.ts";`,
  ),
  badImport("downwards-from-monitoring.ts", "src/monitoring.ts", `import type { app } from "./app.ts";`),
  badImport("downwards-from-handoff", "src/handoff/bad_direction.ts", `import "../app.ts";`),
  badImport("downwards-from-transfers", "src/transfers/bad_direction.ts", `import "../app.ts";`),
  badImport(
    "downwards-from-volumes",
    "src/volumes/bad_direction.ts",
    `import type { app } from "../app.ts";`,
  ),
  badImport("downwards-from-snapshots", "src/snapshots/bad_direction.ts", `export * from "../client.ts";`),
  badImport("downwards-from-quotas", "src/quotas/bad_direction.ts", `import "../volumes/create.ts";`),
  badImport("downwards-from-events", "src/events/bad_direction.ts", `import "../volumes/create.ts";`),
  badImport(
    "downwards-from-volume_types",
    "src/volume_types/bad_direction.ts",
    `import "../quotas/room.ts";`,
  ),
  badImport("downwards-from-metadata", "src/metadata/bad_direction.ts", `import "../quotas/room.ts";`),
  badImport(
    "downwards-from-openapi",
    "src/openapi/bad_direction.ts",
    `import "../volume_types/volume_types.ts";`,
  ),
  badImport("downwards-from-identity", "src/identity/bad_direction.ts", `import "../openapi/document.ts";`),
  badImport("downwards-from-regions.ts", "src/regions.ts", `import type {} from "./identity/policy.ts";`),
  badImport(
    "downwards-from-http",
    "src/http/bad_direction.ts",
    `import type {} from "../identity/policy.ts";`,
  ),
  badImport("downwards-from-db", "src/db/bad_direction.ts", `await import("../http/links.ts");`),
  badImport("downwards-from-deployment.ts", "src/deployment.ts", `import type {} from "./db/database.ts";`),
  badImport("downwards-from-metrics", "src/metrics/bad_direction.ts", `import "../deployment.ts";`),
  badImport("downwards-from-version.ts", "src/version.ts", `import type {} from "./deployment.ts";`),
  badImport("downwards-from-config.ts", "src/config.ts", `import type { Database } from "./db/database.ts";`),
  badImport("downwards-from-config", "src/config/bad_direction.ts", `import "../metrics/metrics.ts";`),
  badImport(
    "downwards-from-region_variables.ts",
    "src/region_variables.ts",
    `import type {} from "./config.ts";`,
  ),
];

const imports = [
  badImport(
    "no-circular",
    "src/db/circle_a.ts",
    `import type { B } from "./circle_b.ts";\nexport type A = B;`,
  ),
  badImport("page-and-worker-apart", "src/handoff/uses_page.ts", `import "./page/views.ts";`),
  badImport("page-imports-page", "src/handoff/page/uses_worker.ts", `import "../cookies.ts";`),
  badImport("known-module", "src/attic/box.ts", `import "../config.ts";`),
  badImport("config-once", "src/http/reads_variables.ts", `import "../config/http.ts";`),
  badImport("client-imports-types", "src/client.ts", `import { app } from "./app.ts";`),
  badImport("examples-stand-alone", "examples/cinder/uses_source.ts", `import "../../src/client.ts";`),
  badImport("resource-internals", "src/volumes/uses_sql.ts", `import "../transfers/accept.sql.ts";`),
  badImport("resource-internals", "src/volumes/uses_views.ts", `import "../snapshots/views.ts";`),
  badImport("resource-internals", "src/volumes/uses_routes.ts", `import "../volume_types/routes.ts";`),
  badImport("usage-in-statements", "src/volumes/uses_usage.ts", `import "../quotas/usage.sql.ts";`),
  badImport("statements-know-no-http", "src/volumes/uses_http.sql.ts", `import "../http/faults.ts";`),
  badImport("statements-know-no-http", "src/volumes/uses_views.sql.ts", `import "./views.ts";`),
  badImport("statements-know-no-http", "src/volumes/uses_hono.sql.ts", `import type {} from "hono";`),
  badImport("sql-in-sql-files", "src/volumes/uses_drizzle.ts", `import { sql } from "drizzle-orm";`),
  badImport(
    "sql-in-sql-files",
    "src/volumes/uses_types.ts",
    `import type {} from "drizzle-orm/sqlite-core";`,
  ),
  badImport("web-apis-only", "src/http/uses_node.ts", `import { randomBytes } from "node:crypto";`),
  badImport("zod-mini", "src/http/uses_zod.ts", `import { string } from "zod";`),
  badImport("one-router", "src/http/uses_hono.ts", `import { Hono } from "hono";`),
  badImport("no-dev-dependency", "src/http/uses_tool.ts", `import ajv from "ajv";`),
  badImport("resolvable", "src/http/uses_nothing.ts", `import "./nothing.ts";`),
];

const others: readonly Violation[] = [
  {
    rule: "no-circular",
    script: "check:imports",
    file: "src/db/circle_b.ts",
    code: `import type { A } from "./circle_a.ts";\nexport type B = A;`,
    refusal: "error no-circular: src/db/circle_a.ts → \n      src/db/circle_b.ts →",
  },
  {
    rule: "only config.ts reads bindings",
    script: "check:types",
    file: "src/http/reads_bindings.ts",
    code: `import type { Context } from "hono";
import type { AppEnv } from "./context.ts";
export const endpoint = (c: Context<AppEnv>) => c.env.PUBLIC_ENDPOINT;`,
    refusal: "src/http/reads_bindings.ts(3,55): error TS2339: Property 'PUBLIC_ENDPOINT' does not exist",
  },
  {
    rule: "sql-text",
    script: "check:style",
    file: "src/volumes/raw_sql.ts",
    code: `export const statement = "delete from volumes";`,
    refusal: "src/volumes/raw_sql.ts:1:26 plugin",
  },
  {
    rule: "unused export",
    script: "check:unused",
    file: "src/db/statements/scope.ts",
    code: "export const nobodyImportsThis = 1;",
    refusal: "Unused exports (1)\nnobodyImportsThis  src/db/statements/scope.ts",
  },
  {
    rule: "unused exported type",
    script: "check:unused",
    file: "src/db/statements/scope.ts",
    code: "export type NobodyImportsThis = 1;",
    refusal: "Unused exported types (1)\nNobodyImportsThis  type  src/db/statements/scope.ts",
  },
  {
    rule: "unused file",
    script: "check:unused",
    file: "src/quotas/nobody_imports_this.ts",
    code: "export {};",
    refusal: "src/quotas/nobody_imports_this.ts\n",
  },
];

/** At least one violation of each rule. */
export const VIOLATIONS: readonly Violation[] = [...directions, ...imports, ...others];
