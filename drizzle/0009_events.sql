CREATE TABLE `event_endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`cursor` integer NOT NULL,
	`lease_id` text,
	`lease_until` integer DEFAULT 0 NOT NULL,
	`stopped_at` integer
);
--> statement-breakpoint
CREATE TABLE `event_retries` (
	`endpoint_id` text NOT NULL,
	`event_seq` integer NOT NULL,
	`volume_id` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`last_error` text,
	`dead_at` integer,
	PRIMARY KEY(`endpoint_id`, `event_seq`)
);
--> statement-breakpoint
CREATE INDEX `event_retries_by_volume` ON `event_retries` (`endpoint_id`,`volume_id`,`event_seq`) WHERE "dead_at" is null;--> statement-breakpoint
CREATE INDEX `event_retries_by_time` ON `event_retries` (`endpoint_id`,`next_at`,`event_seq`) WHERE "dead_at" is null;--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`nonce` text DEFAULT (lower(hex(randomblob(8)))) NOT NULL,
	`type` text NOT NULL,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`volume_id` text NOT NULL,
	`source_project_id` text NOT NULL,
	`destination_project_id` text,
	`data` text NOT NULL,
	`origin` text
);
--> statement-breakpoint
CREATE INDEX `events_by_source` ON `events` (`source_project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `events_by_destination` ON `events` (`destination_project_id`,`seq`) WHERE "destination_project_id" is not null;--> statement-breakpoint
CREATE INDEX `events_by_volume` ON `events` (`volume_id`,`seq`);--> statement-breakpoint
ALTER TABLE `transfers` ADD `created_by_request` text;--> statement-breakpoint
CREATE INDEX `transfers_closed_by_source` ON `transfers` (`source_project_id`,`deleted_at`,`seq`) WHERE "deleted_at" is not null;--> statement-breakpoint
CREATE INDEX `transfers_closed_by_destination` ON `transfers` (`destination_project_id`,`deleted_at`,`seq`) WHERE "accepted" = 1;--> statement-breakpoint
CREATE INDEX `transfers_closed_by_volume` ON `transfers` (`volume_id`,`seq`) WHERE "deleted_at" is not null;