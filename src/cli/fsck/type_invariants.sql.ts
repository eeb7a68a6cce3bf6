import { DEFAULT_TYPE_KEY } from "../../db/schema/index.ts";
import type { Invariant } from "./invariants.sql.ts";

/** The invariants of volume types, and of the rows that refer to them. */
export const TYPE_INVARIANTS: readonly Invariant[] = [
  {
    title: "volume, quota or access of a type that does not exist",
    kind: "violation",
    sql: `select v.id, 'volume of type ' || v.volume_type as detail from volumes v
        where not exists (select 1 from volume_types t where t.key = v.volume_type)
      union all
      select q.project_id, 'quota of type ' || q.volume_type from quotas q
        where q.volume_type <> '' and not exists (select 1 from volume_types t where t.key = q.volume_type)
      union all
      select a.project_id, 'access to type ' || a.volume_type from volume_type_access a
        where not exists (select 1 from volume_types t where t.key = a.volume_type)`,
  },
  {
    title: "default volume type that is missing",
    kind: "violation",
    sql: `select '${DEFAULT_TYPE_KEY}' as id, 'no volume type has this key' as detail
      where not exists (select 1 from volume_types where key = '${DEFAULT_TYPE_KEY}')`,
  },
  {
    title: "volume type with values that no request can write",
    kind: "violation",
    sql: `select key as id, case when trim(name) = '' then 'name is empty'
        when is_public not in (0, 1) then 'is_public ' || is_public
        when not json_valid(extra_specs) or json_type(extra_specs) <> 'object'
          or exists (select 1 from json_each(extra_specs) where type not in ('text', 'null'))
          then 'extra_specs ' || substr(extra_specs, 1, 100)
        when encryption is not null and (not json_valid(encryption)
          or coalesce(json_type(encryption, '$.provider'), '') <> 'text'
          or coalesce(json_extract(encryption, '$.control_location'), '') not in ('front-end', 'back-end')
          or coalesce(json_type(encryption, '$.encryption_id'), '') <> 'text'
          or coalesce(json_type(encryption, '$.created_at'), '') <> 'integer')
          then 'encryption ' || substr(encryption, 1, 100)
        end as detail
      from volume_types where detail is not null`,
  },
  {
    title: "volume with values that no request can write",
    kind: "violation",
    sql: `select id, case when bootable not in (0, 1) then 'bootable ' || bootable
        when coalesce(readonly, 0) not in (0, 1) then 'readonly ' || readonly
        when attach_status <> 'attached' then 'attach_status ' || attach_status
        when managed_reference is not null and (not json_valid(managed_reference)
          or json_type(managed_reference) <> 'object') then 'managed_reference ' || substr(managed_reference, 1, 100)
        end as detail
      from volumes where detail is not null`,
  },
  {
    title: "import that no command has made",
    kind: "violation",
    sql: ["volumes", "snapshots"]
      .map(
        (table) => `select id, case when imported_fields is not null and (not json_valid(imported_fields)
            or json_type(imported_fields) <> 'object') then 'imported_fields ' || substr(imported_fields, 1, 100)
          else 'imported_project_id ' || coalesce(quote(imported_project_id), 'null') end as detail
        from ${table} where (imported_fields is null) <> (imported_project_id is null)
          or trim(imported_project_id) = '' or (imported_fields is not null and (not json_valid(imported_fields)
            or json_type(imported_fields) <> 'object'))`,
      )
      .join(" union all "),
  },
  {
    title: "snapshot with values that no request can write",
    kind: "violation",
    sql: `select id, 'managed_reference ' || substr(managed_reference, 1, 100) as detail from snapshots
      where managed_reference is not null
        and case when json_valid(managed_reference) then json_type(managed_reference) <> 'object' else 1 end`,
  },
];
