CREATE TABLE `volume_type_access` (
	`volume_type` text NOT NULL,
	`project_id` text NOT NULL,
	PRIMARY KEY(`volume_type`, `project_id`)
);
--> statement-breakpoint
CREATE TABLE `volume_types` (
	`seq` integer PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`volume_type_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`is_public` integer DEFAULT true NOT NULL,
	`extra_specs` text NOT NULL,
	`encryption` text,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)) NOT NULL,
	`updated_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `volume_types_key_unique` ON `volume_types` (`key`);--> statement-breakpoint
CREATE UNIQUE INDEX `volume_types_volume_type_id_unique` ON `volume_types` (`volume_type_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `volume_types_name_unique` ON `volume_types` (`name`);--> statement-breakpoint
ALTER TABLE `snapshots` ADD `imported_project_id` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `bootable` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `volumes` ADD `readonly` integer;--> statement-breakpoint
ALTER TABLE `volumes` ADD `availability_zone` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `host` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `snapshot_id` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `source_volid` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `migration_status` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `managed_reference` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `imported_fields` text;--> statement-breakpoint
ALTER TABLE `volumes` ADD `imported_project_id` text;--> statement-breakpoint
CREATE INDEX `quotas_by_type` ON `quotas` (`volume_type`);--> statement-breakpoint
INSERT INTO `volume_types` (`key`, `volume_type_id`, `name`, `description`, `extra_specs`, `encryption`) VALUES
	('__DEFAULT__', '6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10', '__DEFAULT__', 'Default Volume Type', '{}', NULL),
	('LUKS', 'b3f3a6de-52c4-4d1b-8c39-7f0b9d2e8a41', 'LUKS', 'Volumes that are encrypted', '{}', '{"encryption_id":"5b0d3c52-7d4b-4b8e-9a6e-2f7c1d9e4a36","provider":"luks","control_location":"front-end","cipher":null,"key_size":null,"created_at":0,"updated_at":null}');
