import { errorFields, logEvent } from "../http/log.ts";

/** Milliseconds: the interval of the cron trigger in `wrangler.toml`. */
const INTERVAL_MS = 60_000;

/** A job that runs every minute. */
interface MinuteJob {
  /** Runs it no more, and waits for a run that has begun. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs a job now and then every minute, in place of Cloudflare's cron trigger. A minute in which it still runs is left
 * out. A failure is logged; the next run is the retry.
 */
export function runEveryMinute(job: () => Promise<unknown>): MinuteJob {
  let running: Promise<unknown> | undefined;
  const run = () => {
    running ??= job()
      .catch((error: unknown) => {
        logEvent("error", errorFields(error));
      })
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, INTERVAL_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
