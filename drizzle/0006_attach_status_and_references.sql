ALTER TABLE `volumes` ADD `attach_status` text;--> statement-breakpoint
CREATE INDEX `volumes_by_reference` ON `volumes` (`managed_reference`,`host`) WHERE "managed_reference" is not null;