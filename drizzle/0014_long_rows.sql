CREATE INDEX `events_long` ON `events` (`seq`) WHERE octet_length("data") > 4000;--> statement-breakpoint
CREATE INDEX `snapshots_long` ON `snapshots` (`project_id`) WHERE octet_length("metadata") + coalesce(octet_length("imported_fields"), 0)
    + coalesce(octet_length("managed_reference"), 0) > 4000;--> statement-breakpoint
CREATE INDEX `volumes_long` ON `volumes` (`project_id`) WHERE octet_length("metadata") + coalesce(octet_length("imported_fields"), 0)
    + coalesce(octet_length("managed_reference"), 0) > 4000;