import type { Database } from "../db/database.ts";
import { endExpired } from "./expire.sql.ts";

/** How many offers one batch ends, so that it holds up nobody else's for long. */
const BATCH = 100;
/** How many batches one run has: what is left waits for the next. */
const MAX_BATCHES = 100;

/**
 * Ends offers that have expired, and makes their volumes `available` again. Nobody waits for this: an expired offer
 * is refused at once. As many Workers as like may do it at the same time.
 *
 * @returns how many were ended
 * @throws DatabaseUnavailable; what was ended before stays so
 */
export async function endExpiredOffers(db: Database): Promise<number> {
  let ended = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const more = await endExpired(db, BATCH);
    ended += more;
    if (more < BATCH) break;
  }
  return ended;
}
