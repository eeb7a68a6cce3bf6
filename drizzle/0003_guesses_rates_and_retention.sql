CREATE TABLE `create_rates` (
	`project_id` text PRIMARY KEY NOT NULL,
	`minute` integer NOT NULL,
	`transfers` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `failed_attempts` (
	`transfer_id` text NOT NULL,
	`project_id` text NOT NULL,
	`attempts` integer NOT NULL,
	PRIMARY KEY(`transfer_id`, `project_id`)
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `transfers_closed` ON `transfers` (`deleted_at`,`seq`) WHERE "deleted_at" is not null;--> statement-breakpoint
CREATE INDEX `transfers_by_idempotency` ON `transfers` (`deleted_at`,`seq`) WHERE "idempotency_key" is not null;