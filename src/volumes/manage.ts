import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid } from "../http/faults.ts";
import { idOfName, parseReference, type Reference } from "../http/reference.ts";
import { createStatements } from "./create.sql.ts";
import { newVolumeFault, newVolumeValues } from "./new_volume.ts";
import type { Volume } from "./rows.sql.ts";
import { MAX_SIZE } from "./schemas.ts";

/** The body of a request to manage a volume. */
interface ManageInput {
  readonly name: string | null;
  readonly description: string | null;
  readonly host: string | null;
  readonly cluster: string | null;
  /** The name of the storage in its back end, and its size. */
  readonly ref: string | Readonly<Record<string, unknown>>;
  readonly volume_type: string | null;
  readonly availability_zone: string | null;
  readonly metadata: Record<string, string>;
  readonly bootable: boolean;
}

/**
 * Makes a volume of storage that exists (API reference, "Manage an existing volume"). There is no back end to ask for
 * its size: `ref` has it.
 *
 * @throws Fault 400 for invalid input, for an unknown or encrypted type, and for storage that a volume has already; 413
 *   if the quota has no room, 429 if the project creates too many
 */
export async function manageVolume(context: RequestContext, input: ManageInput): Promise<Volume> {
  const { cluster, volume_type } = input;
  const host = input.host || undefined;
  if (Boolean(cluster) === Boolean(host)) {
    throw invalid("input received", "One and only one of cluster and host must be set.");
  }
  if (host === undefined) throw badRequest(`Cluster '${cluster}' not found`);
  const { reference, size } = parseSizedReference(input.ref);
  const {
    created: [created],
    seen: [seen],
    quota,
  } = await context.db.write(
    createStatements({
      ...newVolumeValues(context, input),
      size,
      type: volume_type || undefined,
      type_project_id: undefined,
      availability_zone: input.availability_zone || null,
      bootable: input.bootable,
      host,
      managed_reference: JSON.stringify(reference),
      named_id: idOfName(reference, "volume-"),
    }),
  );
  if (created !== undefined) return created;
  if (!seen?.type) {
    throw badRequest(`Invalid volume type: Cannot find requested '${volume_type}' volume type`);
  }
  if (seen.managed) {
    throw badRequest("Unable to manage existing volume. The volume is already managed");
  }
  if (seen.encrypted) throw badRequest("Managing to an encrypted volume type is not supported.");
  throw newVolumeFault(context, quota, size);
}

const NO_SIZE =
  "There is no back end to ask for the size of the volume: give it in GiB as 'size' in 'ref', or at the end of " +
  "'source-name' or 'source-id', as in 'NAME,size=10'.";

/** Splits `ref` into the reference that is kept, and the size in GiB. */
function parseSizedReference(ref: ManageInput["ref"]): {
  readonly reference: Reference;
  readonly size: number;
} {
  if (typeof ref === "string") throw badRequest(`${NO_SIZE} A text cannot have it.`);
  const { reference, size } = parseReference(ref);
  if (size === undefined) throw badRequest(NO_SIZE);
  const gigabytes = /^[0-9]+$/.test(String(size)) ? Number(size) : 0;
  if (gigabytes < 1 || gigabytes > MAX_SIZE) {
    throw invalid("input received", `'size' of 'ref' must be an integer from 1 to ${MAX_SIZE}.`);
  }
  return { reference, size: gigabytes };
}
