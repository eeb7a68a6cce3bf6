import { eq, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** The resources a caller may reach: those of one project, or all. */
export type Scope = { readonly project_id: string } | "all";

/** Returns the project that a scope is limited to; undefined if it is not. */
export const projectOf = (scope: Scope): string | undefined =>
  scope === "all" ? undefined : scope.project_id;

/**
 * Makes the condition that a resource belongs to a project; undefined without a project.
 *
 * @example
 * and(eq(volumes.id, id), inProject(project_id, volumes.project_id));
 */
export const inProject = (project_id: string | SQL | undefined, column: SQLiteColumn): SQL | undefined =>
  project_id === undefined ? undefined : eq(column, project_id);
