import { setInterval } from "node:timers";
import { inWords, logEvent } from "../../http/log.ts";

/** Milliseconds: as often as the cron trigger in `wrangler.toml`. */
const INTERVAL_MS = 60_000;

/**
 * Does at once, and then every minute, what Cloudflare's cron trigger does: `workerd` and `wrangler dev` have none.
 * A failure is logged, and made up for the next time.
 *
 * @param sweep ends the offers that have expired
 */
export function sweepEveryMinute(sweep: () => Promise<unknown>): void {
  const run = () =>
    void sweep().catch((error: unknown) => {
      logEvent("error", error instanceof Error ? inWords(error) : { error: String(error) });
    });
  run();
  setInterval(run, INTERVAL_MS);
}
