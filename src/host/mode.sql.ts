import { FACADE_MODE, MODE } from "../db/schema/index.ts";

/** Marks a database as one of transfers of volumes in a Cinder, unless it has volumes or transfers. */
export const CLAIM_FOR_FACADE = `insert into settings (name, value) select '${MODE}', '${FACADE_MODE}'
  where not exists (select 1 from volumes) and not exists (select 1 from transfers)
  on conflict (name) do nothing`;

/** Selects one row: whether the database is marked, and whether it has volumes of its own. */
export const MODE_QUERY = `select exists (select 1 from settings where name = '${MODE}') as facade,
  exists (select 1 from volumes) or exists (select 1 from transfers) as used`;
