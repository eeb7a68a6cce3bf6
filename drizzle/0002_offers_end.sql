DROP INDEX `transfers_by_project`;--> statement-breakpoint
DROP INDEX `transfers_by_name`;--> statement-breakpoint
DROP INDEX `transfers_by_seq`;--> statement-breakpoint
DROP INDEX `transfers_of_all_by_name`;--> statement-breakpoint
ALTER TABLE `transfers` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `transfers` ADD `expires_at_shown` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `transfers` ADD `idempotency_key` text;--> statement-breakpoint
CREATE INDEX `transfers_by_expiry` ON `transfers` (`expires_at`,`seq`,`volume_id`) WHERE "deleted_at" is null and "expires_at" is not null;--> statement-breakpoint
CREATE INDEX `transfers_by_project` ON `transfers` (`source_project_id`,`seq`,`display_name`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`,`destination_project_id`,`expires_at`,`expires_at_shown`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_by_name` ON `transfers` (`source_project_id`,`display_name`,`seq`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`,`destination_project_id`,`expires_at`,`expires_at_shown`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_by_seq` ON `transfers` (`seq`,`source_project_id`,`display_name`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`,`destination_project_id`,`expires_at`,`expires_at_shown`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_of_all_by_name` ON `transfers` (`display_name`,`seq`,`source_project_id`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`,`destination_project_id`,`expires_at`,`expires_at_shown`) WHERE "deleted_at" is null;