CREATE TABLE `fences` (
	`exchange_id` text PRIMARY KEY NOT NULL
);
