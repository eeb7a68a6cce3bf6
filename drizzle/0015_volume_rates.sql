CREATE TABLE `volume_rates` (
	`project_id` text PRIMARY KEY NOT NULL,
	`minute` integer NOT NULL,
	`volumes` integer NOT NULL
);
