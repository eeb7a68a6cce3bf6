import type { Database } from "../../db/engine/database.ts";
import type { RequestContext } from "../../http/context.ts";
import { Cinder, saysGone } from "./cinder.ts";
import { refusedOpeningStatements } from "./create.sql.ts";
import { sweepToken } from "./credential.ts";
import { deleteInCinder, followGone } from "./end.ts";
import { deleteLost } from "./lost.ts";
import { dueStatements, forgetOpeningsStatements, releaseStatements } from "./sweep.sql.ts";

/** The number of transfers of each kind that one sweep ends in Cinder. The next sweep does the rest. */
const LIMIT = 20;

/**
 * In a region in front of a Cinder that has an application credential: ends the transfers there that have ended here,
 * and settles what no request has. Without the credential the owners' next requests do this.
 */
export async function sweepInCinder(db: Database, config: RequestContext["config"]): Promise<void> {
  if (config.cinder === undefined) return;
  await db.write(forgetOpeningsStatements());
  if (config.cinder.credential === undefined) return;
  const { ended, claimed, lost } = await db.read(dueStatements(LIMIT));
  if (ended.length + claimed.length + lost.length === 0) return;
  const granted = await sweepToken(config);
  if (granted === undefined) return;
  const { token, ...caller } = granted;
  const identity = { ...caller, roles: new Set(["admin"]) };
  const cinder = new Cinder(config.cinder, { "X-Auth-Token": token, Accept: "application/json" }, identity);
  const context: RequestContext = {
    db,
    config,
    identity,
    requestId: `req-${crypto.randomUUID()}`,
    globalRequestId: undefined,
  };
  // If Cinder is away, the next sweep begins again.
  for (const { id } of ended) if ((await deleteInCinder(context, cinder, id)) === undefined) return;
  for (const { id, request_id } of claimed) {
    const answer = await cinder.send("GET", `volume-transfers/${id}`);
    if (answer === undefined) return;
    if (answer.status === 200) await db.write(releaseStatements(id, request_id));
    else if (saysGone(answer, id)) await followGone(context, cinder, id);
  }
  for (const { id, volume_id, created_at: earliest, ends_at: latest } of lost) {
    // As for those that have ended: the key of an encrypted volume is its owner's.
    if ((await cinder.volume(volume_id))?.encrypted !== false) continue;
    const found = await deleteLost(db, cinder, { id, volume_id, earliest, latest });
    if (found === undefined) return;
    await db.write(refusedOpeningStatements({ request_id: id }));
  }
}
