import { and, eq, type SQL } from "drizzle-orm";
import { volumes } from "../db/schema.ts";
import { inProject } from "../db/scope.ts";

/** A volume; the columns are described in `src/db/schema.ts`. */
export type Volume = typeof volumes.$inferSelect;

/** Makes the condition that a volume has an id, in a project if one is given. */
export const volumeWithId = (id: string | SQL, project_id: string | SQL | undefined): SQL | undefined =>
  and(eq(volumes.id, id), inProject(project_id, volumes.project_id));
