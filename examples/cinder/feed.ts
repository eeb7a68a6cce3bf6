import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { BlockStorage } from "./api.ts";
import { ACCEPTED, type HandoverEvent, handoverEvent } from "./events.ts";
import { log } from "./follow.ts";
import type { State } from "./state.ts";

/** The file with the id of an event. It and all before it are applied. */
const POSITION = "position";
const PAGE_SIZE = 100;
/** While this many events wait for another attempt, no further ones are read. */
const MAX_WAITING = 1000;
const POLL_MS = 1000;
const PAUSE_MS = { first: 1000, longest: 60_000 };

const page = z.object({ events: z.array(handoverEvent) });

/** An event that was read and is not applied. */
interface Waiting {
  readonly event: HandoverEvent;
  /** The event before it. */
  readonly previous: string | undefined;
  /** The pause before the next attempt, milliseconds. */
  pause: number;
  dueAt: number;
}

/**
 * Reads the feed, and applies its events one at a time. An event that cannot be applied is tried again, and holds up
 * the later events of its volume only.
 *
 * @param project the project in which the follower's user is an admin
 * @param apply applies an event, or throws
 * @returns never
 */
export async function followFeed(
  service: BlockStorage,
  project: string,
  state: State,
  apply: (event: HandoverEvent) => Promise<void>,
): Promise<never> {
  let position = await state.read(POSITION);
  let marker = position;
  let waiting: Waiting[] = [];
  for (;;) {
    const events = waiting.length < MAX_WAITING ? await readPage(service, project, marker) : [];
    for (const event of events) {
      waiting.push({ event, previous: marker, pause: PAUSE_MS.first, dueAt: 0 });
      marker = event.id;
    }
    waiting = await applyDue(waiting, apply);
    const reached = waiting[0] === undefined ? marker : waiting[0].previous;
    if (reached !== undefined && reached !== position) await state.write(POSITION, reached);
    position = reached;
    if (events.length === 0) await sleep(POLL_MS);
  }
}

/** Applies the events that are due, unless an earlier event of their volume waits. Returns those that wait on. */
async function applyDue(
  events: readonly Waiting[],
  apply: (event: HandoverEvent) => Promise<void>,
): Promise<Waiting[]> {
  const held = new Set<string>();
  const left: Waiting[] = [];
  for (const waiting of events) {
    const { event } = waiting;
    if (!held.has(event.subject) && waiting.dueAt <= Date.now()) {
      try {
        await apply(event);
        continue;
      } catch (error) {
        log(`event ${event.id}: ${String(error)}; next attempt in ${waiting.pause / 1000} s`);
        waiting.dueAt = Date.now() + waiting.pause;
        waiting.pause = Math.min(2 * waiting.pause, PAUSE_MS.longest);
      }
    }
    held.add(event.subject);
    left.push(waiting);
  }
  return left;
}

/** Reads the events after one, the oldest first. None if the service does not answer. */
async function readPage(
  service: BlockStorage,
  project: string,
  marker: string | undefined,
): Promise<readonly HandoverEvent[]> {
  const after = marker === undefined ? "" : `&marker=${marker}`;
  const path = `events?all_tenants=1&type=${ACCEPTED}&limit=${PAGE_SIZE}${after}`;
  try {
    return page.parse(await service.send(project, "GET", path)).events;
  } catch (error) {
    log(`the feed cannot be read: ${String(error)}`);
    return [];
  }
}
