import { FACADE_MODE, MODE, SECRET_CHECK } from "../db/schema/index.ts";

const UNUSED = "not exists (select 1 from volumes) and not exists (select 1 from transfers)";

/**
 * Mark a database as one of transfers of volumes in a Cinder, unless it has volumes or transfers. The check of the secret
 * is then one of the other kind: no transfer was created under it.
 */
export const CLAIM_FOR_FACADE: readonly string[] = [
  `delete from settings where name = '${SECRET_CHECK}' and ${UNUSED}
    and not exists (select 1 from settings where name = '${MODE}')`,
  `insert into settings (name, value) select '${MODE}', '${FACADE_MODE}' where ${UNUSED}
    on conflict (name) do nothing`,
];

/** Selects one row: whether the database is marked, and whether it has volumes or transfers. */
export const MODE_QUERY = `select exists (select 1 from settings where name = '${MODE}') as facade,
  not (${UNUSED}) as used`;
