import { projectOf } from "../db/scope.ts";
import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, invalid, overLimit } from "../http/faults.ts";
import { uuid } from "../http/fields.ts";
import { scopeOf } from "../identity/identity.ts";
import { defaultLimits, exceededQuota } from "../quotas/room.ts";
import { createStatements } from "./create.sql.ts";
import type { Volume } from "./rows.sql.ts";
import { AVAILABILITY_ZONE } from "./views.ts";

/** What the body of a create contains. */
interface VolumeInput {
  readonly name: string | null;
  readonly description: string | null;
  /** GiB. */
  readonly size: number | null;
  readonly metadata: Record<string, string>;
  /** A type's name or id; null for the default type. */
  readonly volume_type: string | null;
  readonly availability_zone: string | null;
}

/**
 * Creates a volume in the caller's project (API reference, "Create a volume"). It is a record, and `available` at once.
 *
 * @throws Fault 400 for invalid input, 404 for an unknown type, 413 if the quota has no room
 */
export async function createVolume(context: RequestContext, input: VolumeInput): Promise<Volume> {
  const { db, config, identity } = context;
  const { size } = input;
  if (size === null) throw badRequest("A volume needs a size: give 'size', in GiB.");
  const zone = input.availability_zone ?? AVAILABILITY_ZONE;
  if (zone !== AVAILABILITY_ZONE) throw invalid("input received", `Availability zone '${zone}' is invalid.`);
  const {
    created: [created],
    type: [type],
    quota,
  } = await db.write(
    createStatements({
      id: crypto.randomUUID(),
      project_id: identity.project_id,
      user_id: identity.user_id,
      display_name: input.name,
      display_description: input.description,
      size,
      type: input.volume_type || undefined,
      type_project_id: projectOf(scopeOf(identity)),
      metadata: JSON.stringify(input.metadata),
      origin: eventOrigin(context),
      ...defaultLimits(config.defaultQuota),
    }),
  );
  if (created !== undefined) return created;
  if (!type?.key) throw typeNotFound(input.volume_type ?? "");
  const request = { volumes: 1, gigabytes: size, snapshots: 0, volume_size: size };
  const { exception, message } = exceededQuota(quota, request);
  throw overLimit(`${exception}: ${message}`);
}

/** Makes the 404 of a type that does not exist or that the project may not use: it names what was given. */
function typeNotFound(nameOrId: string): Fault {
  const given = uuid.safeParse(nameOrId).success ? nameOrId : `with name ${nameOrId}`;
  return new Fault(404, `Volume type ${given} could not be found.`);
}
