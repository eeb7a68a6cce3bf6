import { sql } from "drizzle-orm";
import { type Params, prepareBatch, queryBuilder } from "../db/batch.ts";
import { volumes } from "../db/schema.ts";
import { inProject } from "../db/scope.ts";

/**
 * Counts the volumes of a project, or of all without one, and, `withMetadata`, reads the distinct pairs of their
 * metadata. It reads all of these volumes: nothing keeps a sum of their sizes without the snapshots.
 */
export const summaryStatements = prepareBatch(
  ({ optionalParam }: Params<{ project_id: string | undefined }>, withMetadata: boolean) => {
    const visible = inProject(optionalParam("project_id"), volumes.project_id);
    return {
      totals: queryBuilder
        .select({
          total_count: sql<number>`count(*)`,
          total_size: sql<number>`coalesce(sum(${volumes.size}), 0)`,
        })
        .from(volumes)
        .where(visible),
      metadata: withMetadata
        ? queryBuilder
            .selectDistinct({ key: sql<string>`"pair"."key"`, value: sql<string>`"pair"."value"` })
            .from(sql`${volumes}, json_each(${volumes.metadata}) as "pair"`)
            .where(visible)
            .orderBy(sql`1`, sql`2`)
        : undefined,
    };
  },
);
