/** Each function returns the SQL that inserts a row. */

export function volume(id: string, project_id: string, status: string): string {
  return `insert into volumes (id, project_id, user_id, size, status, volume_type, metadata)
    values ('${id}', '${project_id}', 'u', 2, '${status}', '__DEFAULT__', '{}')`;
}

export function snapshot(id: string, volume_id: string, project_id: string): string {
  return `insert into snapshots (id, volume_id, project_id, user_id, volume_size, status, metadata)
    values ('${id}', '${volume_id}', '${project_id}', 'u', 1, 'available', '{}')`;
}

/** @param end the values of accepted, destination_project_id, deleted_at and closed_by_request */
export function transfer(id: string, volume_id: string, source_project_id: string, end: string): string {
  return `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id,
      accepted, destination_project_id, deleted_at, closed_by_request)
    values ('${id}', '${volume_id}', '', '${"a0".repeat(32)}', 0, '${source_project_id}', ${end})`;
}

export function event(type: string, destination_project_id: string, transfer: string): string {
  return `insert into events (type, volume_id, source_project_id, destination_project_id, data)
    values ('${type}', 'kept', 'alpha', ${destination_project_id},
      json_object('transfer', ${transfer}, 'volume', json_object('id', 'kept')))`;
}

export function usage(
  project_id: string,
  volume_type: string,
  volumes: number,
  gigabytes: number,
  snapshots: number,
): string {
  return `insert into quotas (project_id, volume_type, volumes_in_use, gigabytes_in_use, snapshots_in_use)
    values ('${project_id}', '${volume_type}', ${volumes}, ${gigabytes}, ${snapshots})`;
}
