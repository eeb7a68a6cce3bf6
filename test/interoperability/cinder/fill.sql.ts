import { BACKEND } from "./servers.ts";

/** The rows that `fillStatements` inserts. */
interface Dataset {
  /** The numbers of the first and the last open transfer. */
  readonly first: number;
  readonly last: number;
  readonly project: string;
  /** Returns SQL for the id of the nth transfer, and of its volume. */
  readonly transferId: (n: string) => string;
  readonly volumeId: (n: string) => string;
}

const COLUMNS =
  "created_at, deleted, id, user_id, project_id, size, status, attach_status, display_name, volume_type_id, use_quota, host";
const TYPE = "(select id from volume_types where name = '__DEFAULT__' and not deleted)";

/** Returns statements that insert open transfers, and a volume for each, into Cinder's MariaDB. */
export const fillStatements = ({ first, last, project, transferId, volumeId }: Dataset): string =>
  [
    `insert into volumes (${COLUMNS}) select '2026-01-01' + interval seq second, 0, ${volumeId("seq")}, 'u', '${project}',
       1, 'awaiting-transfer', 'detached', concat('volume ', seq), ${TYPE}, 1, '${BACKEND}' from seq_${first}_to_${last}`,
    `insert into transfers (created_at, deleted, id, volume_id, display_name, salt, crypt_hash, no_snapshots,
       source_project_id, accepted) select '2026-01-01' + interval seq second, 0, ${transferId("seq")}, ${volumeId("seq")},
       concat('name ', seq % 97), 's', 'h', 0, '${project}', 0 from seq_${first}_to_${last}`,
  ].join("; ");

/** Returns a statement that inserts available volumes. */
export const idleVolumesStatement = (project: string, ids: readonly string[]): string =>
  `insert into volumes (${COLUMNS}) values ${ids
    .map(
      (id) =>
        `(now(), 0, '${id}', 'u', '${project}', 1, 'available', 'detached', 'idle', ${TYPE}, 1, '${BACKEND}')`,
    )
    .join(", ")}`;
