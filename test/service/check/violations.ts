import { readdirSync } from "node:fs";
import { LEVELS } from "../../../.config/dependency-cruiser.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";

/** The scripts that `npm run check` runs. */
export const SCRIPTS = ["check:types", "check:style", "check:imports", "check:unused"] as const;

/** A rule of `npm run check`, and code that breaks it. */
export interface Violation {
  readonly rule: string;
  readonly script: (typeof SCRIPTS)[number];
  /** The file that breaks the rule: it is created, or the code is appended to it. */
  readonly file: string;
  readonly code: string;
  /** A part of the output of the check. */
  readonly refusal: string;
}

/** Returns an import that a rule of `.config/dependency-cruiser.ts` forbids. */
const badImport = (rule: string, file: string, code: string): Violation => ({
  rule,
  script: "check:imports",
  file,
  code,
  refusal: `error ${rule}: ${file} → `,
});

/** Returns the path of a module from the folder `src`: that of the file itself, or of a file in the folder. */
const fileOf = (module: string): string => {
  if (module.endsWith(".ts")) return module;
  const files = readdirSync(`${projectFolder}/src/${module}`, { encoding: "utf8", recursive: true });
  return `${module}/${files.find((name) => /^[\w/]+\.ts$/.test(name))}`;
};

/** An import of the level above for each module. The one at the top imports a test. */
const directions = LEVELS.flatMap((level, i) => {
  const [above] = Object.keys(LEVELS[i - 1] ?? {});
  return Object.keys(level).map((module) => {
    const isFile = module.endsWith(".ts");
    const target = above === undefined ? "../test/support/venv.ts" : fileOf(above);
    return badImport(
      `downwards-from-${module}`,
      isFile ? `src/${module}` : `src/${module}/bad_direction.ts`,
      `import type {} from "${above === undefined || !isFile ? "../" : "./"}${target}";`,
    );
  });
});

const imports = [
  badImport(
    "no-circular",
    "src/db/circle_a.ts",
    `import type { B } from "./circle_b.ts";\nexport type A = B;`,
  ),
  badImport("page-and-worker-apart", "src/handoff/uses_page.ts", `import "./page/views.ts";`),
  badImport("page-imports-page", "src/handoff/page/uses_worker.ts", `import "../cookies.ts";`),
  ...["attic", "cellar", "shed"].map((module) =>
    badImport("known-module", `src/${module}/box.ts`, `import "../app.ts";`),
  ),
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
  badImport("bundled-packages", "src/http/uses_tool.ts", `import ajv from "ajv";`),
  badImport("resolvable", "src/http/uses_nothing.ts", `import "./nothing.ts";`),
];

// The violations above add three modules, and an import to each module.
const limits = ["too-many-modules", "too-many-imports"].map(
  (rule): Violation => ({
    rule,
    script: "check:imports",
    file: "src/attic/second_box.ts",
    code: "export {};",
    refusal: `error ${rule}: `,
  }),
);

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
export const VIOLATIONS: readonly Violation[] = [...directions, ...imports, ...limits, ...others];
