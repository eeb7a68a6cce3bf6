import { and, eq, exists, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { volumeTypeAccess, volumeTypes } from "../schema/index.ts";
import { queryBuilder } from "./batch.ts";

/** The resources a caller may reach: those of one project, or all. */
export type Scope = { readonly project_id: string } | "all";

/** Returns the project that a scope is limited to; undefined if it is not. */
export const projectOf = (scope: Scope): string | undefined =>
  scope === "all" ? undefined : scope.project_id;

/** Makes the condition that a resource belongs to a project; undefined without a project. */
export const inProject = (project_id: string | SQL | undefined, column: SQLiteColumn): SQL | undefined =>
  project_id === undefined ? undefined : eq(column, project_id);

/** Makes the condition that a project may see and use a volume type; undefined without a project. */
export const usableBy = (project_id: SQL | string | undefined): SQL | undefined =>
  project_id === undefined
    ? undefined
    : or(
        eq(volumeTypes.is_public, true),
        exists(
          queryBuilder
            .select({ one: sql`1` })
            .from(volumeTypeAccess)
            .where(
              and(
                eq(volumeTypeAccess.volume_type, volumeTypes.key),
                eq(volumeTypeAccess.project_id, project_id),
              ),
            ),
        ),
      );
