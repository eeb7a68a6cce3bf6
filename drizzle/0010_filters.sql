DROP INDEX `transfers_closed_by_source`;--> statement-breakpoint
CREATE INDEX `transfers_closed_by_source` ON `transfers` (`source_project_id`,case when "accepted" then 'accepted'
  when "expires_at" <= "deleted_at" then 'expired' else 'deleted' end,`deleted_at`,`seq`) WHERE "deleted_at" is not null;--> statement-breakpoint
CREATE INDEX `events_by_type` ON `events` (`source_project_id`,`type`,`seq`);