import { eq, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** Whose resources a caller may reach: those of one project, or of all. */
export type Scope = { readonly project_id: string } | "all";

/** A condition: the resource is within the scope. Undefined where all are. */
export const within = (scope: Scope, project_id: SQLiteColumn): SQL | undefined =>
  scope === "all" ? undefined : eq(project_id, scope.project_id);
