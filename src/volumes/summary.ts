import { projectOf } from "../db/statements/scope.ts";
import { isAdmin, listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest } from "../http/faults.ts";
import { parseStrictBoolean } from "../http/fields.ts";
import { type Microversion, VOLUME_SUMMARY_METADATA } from "../http/microversions.ts";
import { MAX_SUMMARY_BYTES, summaryStatements } from "./summary.sql.ts";

/** The number of volumes, their size in GiB, and their metadata: the values of each key. */
interface VolumeSummary {
  readonly total_count: number;
  readonly total_size: number;
  /** From 3.36 on. */
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Sums up the volumes of the caller's project, or, if an admin asks for `all_tenants`, of all projects (API reference,
 * "Get volumes summary").
 *
 * @throws Fault 400 if an admin's `all_tenants` is not a boolean, or for too much metadata
 */
export async function summarizeVolumes(
  { db, identity, microversion }: RequestContext & { readonly microversion: Microversion },
  all_tenants: string | undefined,
): Promise<VolumeSummary> {
  // Cinder ignores the parameter of other users.
  if (isAdmin(identity)) parseStrictBoolean("all_tenants", all_tenants);
  const project_id = projectOf(listScopeOf(identity, all_tenants));
  const withMetadata = microversion >= VOLUME_SUMMARY_METADATA;
  const {
    totals: [totals = { total_count: 0, total_size: 0 }],
    metadata: pairs,
  } = await db.read({
    ...summaryStatements({ project_id }, withMetadata),
    project: project_id,
    ...(withMetadata && { maxBytes: MAX_SUMMARY_BYTES }),
  });
  if (pairs === undefined) return totals;
  if ((pairs.at(-1)?.bytes ?? 0) > MAX_SUMMARY_BYTES)
    throw badRequest(
      "The volumes have too much metadata for a summary. Ask for one without metadata: at a microversion before 3.36.",
    );
  const values = Map.groupBy(pairs, ({ key }) => key);
  const metadata = Object.fromEntries(
    Array.from(values, ([key, pairs]) => [key, pairs.map(({ value }) => value)]),
  );
  return { ...totals, metadata };
}
