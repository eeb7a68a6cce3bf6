import * as z from "zod";

/** The type of the events that a follower applies. */
export const ACCEPTED = "org.openstack.volume_transfer.accepted";

/** An event of a handover: what a follower needs of it. It ignores what it does not know. */
export const handoverEvent = z.object({
  id: z.string().regex(/^\d+-/),
  subject: z.guid(),
  data: z.object({
    transfer: z.object({ no_snapshots: z.boolean() }),
    source_project_id: z.string(),
    destination_project_id: z.string(),
  }),
});
export type HandoverEvent = z.output<typeof handoverEvent>;

/** Returns the place of an event in the order of all events. */
export const placeOf = (id: string): number => Number.parseInt(id, 10);
