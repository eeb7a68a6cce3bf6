ALTER TABLE `transfers` ADD `key_required` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `transfers` ADD `ended_as` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `decline_reason` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `first_previewed_at` integer;--> statement-breakpoint
ALTER TABLE `transfers` ADD `first_previewed_by` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `last_previewed_at` integer;--> statement-breakpoint
ALTER TABLE `transfers` ADD `last_previewed_by` text;--> statement-breakpoint
CREATE INDEX `transfers_declined` ON `transfers` (`source_project_id`,`deleted_at`,`seq`) WHERE "ended_as" = 'declined';--> statement-breakpoint
CREATE INDEX `transfers_by_destination` ON `transfers` (`destination_project_id`,`seq`) WHERE "deleted_at" is null and "destination_project_id" is not null;--> statement-breakpoint
CREATE INDEX `transfers_by_destination_and_source` ON `transfers` (`destination_project_id`,`source_project_id`,`seq`) WHERE "deleted_at" is null and "destination_project_id" is not null;