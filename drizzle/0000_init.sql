CREATE TABLE `quotas` (
	`project_id` text NOT NULL,
	`volume_type` text NOT NULL,
	`volumes_limit` integer,
	`gigabytes_limit` integer,
	`snapshots_limit` integer,
	`per_volume_gigabytes_limit` integer,
	`backups_limit` integer,
	`backup_gigabytes_limit` integer,
	`groups_limit` integer,
	`volumes_in_use` integer DEFAULT 0 NOT NULL,
	`gigabytes_in_use` integer DEFAULT 0 NOT NULL,
	`snapshots_in_use` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`project_id`, `volume_type`),
	CONSTRAINT "quotas_in_use" CHECK("quotas"."volumes_in_use" >= 0 and "quotas"."gigabytes_in_use" >= 0 and "quotas"."snapshots_in_use" >= 0)
);
--> statement-breakpoint
CREATE TABLE `snapshots` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`volume_id` text NOT NULL,
	`project_id` text NOT NULL,
	`user_id` text NOT NULL,
	`display_name` text,
	`display_description` text,
	`volume_size` integer NOT NULL,
	`status` text NOT NULL,
	`metadata` text NOT NULL,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `snapshots_id_unique` ON `snapshots` (`id`);--> statement-breakpoint
CREATE INDEX `snapshots_by_volume` ON `snapshots` (`volume_id`,`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `snapshots_by_project` ON `snapshots` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `snapshots_by_name` ON `snapshots` (`project_id`,case when "display_name" is null then '' else "display_name" end,`seq`);--> statement-breakpoint
CREATE INDEX `snapshots_by_status` ON `snapshots` (`project_id`,`status`,`seq`);--> statement-breakpoint
CREATE TABLE `transfers` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`volume_id` text NOT NULL,
	`display_name` text NOT NULL,
	`auth_key_hmac` text NOT NULL,
	`no_snapshots` integer NOT NULL,
	`source_project_id` text NOT NULL,
	`destination_project_id` text,
	`accepted` integer DEFAULT false NOT NULL,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`deleted_at` integer,
	`closed_by_request` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `transfers_id_unique` ON `transfers` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `transfers_by_volume` ON `transfers` (`volume_id`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_by_project` ON `transfers` (`source_project_id`,`seq`,`display_name`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_by_name` ON `transfers` (`source_project_id`,`display_name`,`seq`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_by_seq` ON `transfers` (`seq`,`source_project_id`,`display_name`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE INDEX `transfers_of_all_by_name` ON `transfers` (`display_name`,`seq`,`source_project_id`,`id`,`volume_id`,`no_snapshots`,`created_at`,`deleted_at`) WHERE "deleted_at" is null;--> statement-breakpoint
CREATE TABLE `volumes` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`user_id` text NOT NULL,
	`display_name` text,
	`display_description` text,
	`size` integer NOT NULL,
	`status` text NOT NULL,
	`volume_type` text NOT NULL,
	`metadata` text NOT NULL,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer,
	CONSTRAINT "volumes_size" CHECK("volumes"."size" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `volumes_id_unique` ON `volumes` (`id`);--> statement-breakpoint
CREATE INDEX `volumes_by_project` ON `volumes` (`project_id`,`seq`);--> statement-breakpoint
CREATE INDEX `volumes_by_name` ON `volumes` (`project_id`,case when "display_name" is null then '' else "display_name" end,`seq`);--> statement-breakpoint
CREATE INDEX `volumes_by_status` ON `volumes` (`project_id`,`status`,`seq`);