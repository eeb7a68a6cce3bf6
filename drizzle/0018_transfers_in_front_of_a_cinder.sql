CREATE TABLE `openings` (
	`id` text PRIMARY KEY NOT NULL,
	`volume_id` text NOT NULL,
	`project_id` text NOT NULL,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`ends_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `openings_by_volume` ON `openings` (`volume_id`,`project_id`);--> statement-breakpoint
CREATE INDEX `openings_by_end` ON `openings` (`ends_at`);--> statement-breakpoint
ALTER TABLE `transfers` ADD `volume` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `sealed_key` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `in_cinder` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `transfers` ADD `opened_as` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `accepting_project_id` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `accepting_request_id` text;--> statement-breakpoint
ALTER TABLE `transfers` ADD `accepting_until` integer;--> statement-breakpoint
CREATE INDEX `transfers_to_end_in_cinder` ON `transfers` (`source_project_id`,case when "deleted_at" is null then "expires_at" else "deleted_at" end) WHERE "in_cinder" = 1 and ("deleted_at" is not null or "expires_at" is not null);--> statement-breakpoint
CREATE INDEX `transfers_ended_in_cinder` ON `transfers` (`deleted_at`) WHERE "in_cinder" = 1 and "deleted_at" is not null;--> statement-breakpoint
CREATE INDEX `transfers_by_opening` ON `transfers` (`opened_as`) WHERE "opened_as" is not null;--> statement-breakpoint
CREATE INDEX `transfers_accepting` ON `transfers` (`accepting_until`) WHERE "accepting_until" is not null;