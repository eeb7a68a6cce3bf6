import type { Session } from "./session.ts";

/** The requests that were sent to Cinder, by scenario. */
export const scenarios: Record<string, (session: Session) => Promise<void>>;
