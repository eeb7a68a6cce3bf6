CREATE INDEX `volumes_by_update` ON `volumes` (`project_id`,case when "updated_at" is not null then "updated_at"
    when "imported_fields" is null then "created_at" else 0 end,`seq`);