import { setInterval } from "node:timers";
import { errorFields, logEvent } from "../../http/log.ts";

/** Milliseconds: the interval of the cron trigger in `wrangler.toml`. */
const INTERVAL_MS = 60_000;

/**
 * Runs a job now and then every minute, in place of Cloudflare's cron trigger, which `workerd` and `wrangler dev` do
 * not have. A failure is logged; the next run is the retry.
 *
 * @param job what the Worker's `scheduled` handler does
 */
export function runEveryMinute(job: () => Promise<unknown>): void {
  const run = () =>
    void job().catch((error: unknown) => {
      logEvent("error", error instanceof Error ? errorFields(error) : { error: String(error) });
    });
  run();
  setInterval(run, INTERVAL_MS);
}
