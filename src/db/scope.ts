import { eq, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** Whose resources a caller may reach: those of one project, or of all. */
export type Scope = { readonly project_id: string } | "all";

/** The one project whose resources are within the scope; undefined where all are. */
export const projectOf = (scope: Scope): string | undefined =>
  scope === "all" ? undefined : scope.project_id;

/** A condition: the resource is the project's. Undefined without a project. */
export const within = (project_id: string | SQL | undefined, column: SQLiteColumn): SQL | undefined =>
  project_id === undefined ? undefined : eq(column, project_id);
