import { type SQL, sql } from "drizzle-orm";
import { ALL_TYPES, quotas, snapshots, volumes } from "../../../db/schema/index.ts";
import { queryBuilder } from "../../../db/statements/batch.ts";
import { selectRow } from "../../../db/statements/insert.ts";

// `addUsage` and `removeUsage` of `src/quotas` change the usage by one resource of each project. A batch has many.

/** Conditions that select the rows whose usage is summed. */
interface Resources {
  /** A condition on `volumes`; by default no volume is counted. */
  readonly volumes?: SQL;
  /** A condition on `snapshots`, and on the `volumes` that they are of. */
  readonly snapshots: SQL;
}

/** Sums the usage of volumes and snapshots, for each project over all types and by type. */
function sumUsage(resources: Resources) {
  const counted = sql`select ${volumes.project_id} as project_id, ${volumes.volume_type} as volume_type,
      1 as volumes, ${volumes.size} as gigabytes, 0 as snapshots
    from ${volumes} where ${resources.volumes ?? sql`false`}
    union all
    select ${snapshots.project_id}, ${volumes.volume_type}, 0, ${snapshots.volume_size}, 1
    from ${snapshots} join ${volumes} on ${volumes.id} = ${snapshots.volume_id} where ${resources.snapshots}`;
  return sql`(select counted.project_id, case scope.typed when 0 then ${ALL_TYPES} else counted.volume_type end as volume_type,
      sum(counted.volumes) as volumes, sum(counted.gigabytes) as gigabytes, sum(counted.snapshots) as snapshots
    from (${counted}) as counted, (select 0 as typed union all select 1) as scope group by 1, 2) as summed`;
}

/** Adds volumes and snapshots to the usage of their projects. */
export function addSummedUsage(resources: Resources) {
  const row = {
    project_id: sql`summed.project_id`,
    volume_type: sql`summed.volume_type`,
    volumes_in_use: sql`summed.volumes`,
    gigabytes_in_use: sql`summed.gigabytes`,
    snapshots_in_use: sql`summed.snapshots`,
  };
  return queryBuilder
    .insert(quotas)
    .select(selectRow(quotas, row, { from: sumUsage(resources), where: undefined }))
    .onConflictDoUpdate({
      target: [quotas.project_id, quotas.volume_type],
      set: {
        volumes_in_use: sql`${quotas.volumes_in_use} + excluded.volumes_in_use`,
        gigabytes_in_use: sql`${quotas.gigabytes_in_use} + excluded.gigabytes_in_use`,
        snapshots_in_use: sql`${quotas.snapshots_in_use} + excluded.snapshots_in_use`,
      },
    });
}

/** Takes volumes and snapshots from the usage of their projects. */
export const removeSummedUsage = (resources: Resources) =>
  queryBuilder
    .update(quotas)
    .set({
      volumes_in_use: sql`${quotas.volumes_in_use} - summed.volumes`,
      gigabytes_in_use: sql`${quotas.gigabytes_in_use} - summed.gigabytes`,
      snapshots_in_use: sql`${quotas.snapshots_in_use} - summed.snapshots`,
    })
    .from(sumUsage(resources))
    .where(sql`${quotas.project_id} = summed.project_id and ${quotas.volume_type} = summed.volume_type`);
