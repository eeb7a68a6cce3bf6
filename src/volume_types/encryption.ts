import type { Encryption } from "../db/schema/index.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault } from "../http/faults.ts";
import {
  createEncryptionStatements,
  deleteEncryptionStatements,
  updateEncryptionStatements,
} from "./change.sql.ts";
import { assertUnused, showVolumeType } from "./volume_types.ts";

/** The body of a create. */
export type EncryptionInput = Pick<Encryption, "provider" | "control_location" | "cipher" | "key_size">;

const inUse = (verb: string): string => `Cannot ${verb} encryption specs. Volume type in use.`;

const encryptionNotFound = (id: string): Fault =>
  new Fault(404, `Volume type encryption for type ${id} does not exist.`);

/**
 * Returns the encryption of a type (API reference, "Show an encryption type").
 *
 * @returns null for a type without one
 * @throws Fault 404 if there is no such type
 */
export async function showEncryption(context: RequestContext, id: string): Promise<Encryption | null> {
  const { encryption } = await showVolumeType(context, id);
  return encryption;
}

/**
 * Makes the volumes of a type encrypted (API reference, "Create an encryption type").
 *
 * @returns the id of the encryption
 * @throws Fault 404 if there is no such type, 400 if volumes of it exist or it has an encryption
 */
export async function createEncryption(
  { db }: RequestContext,
  id: string,
  input: EncryptionInput,
): Promise<string> {
  const encryption_id = crypto.randomUUID();
  const {
    changed,
    type: [type],
  } = await db.write(createEncryptionStatements(id, { encryption_id, ...input }));
  if (changed.length > 0) return encryption_id;
  assertUnused(id, type, inUse("create"));
  throw badRequest(`Volume type encryption for type ${id} already exists.`);
}

/**
 * Changes the encryption of a type (API reference, "Update an encryption type").
 *
 * @throws Fault 404 if there is no such type or encryption, 400 if volumes of the type exist
 */
export async function updateEncryption(
  { db }: RequestContext,
  id: string,
  changes: Partial<EncryptionInput>,
): Promise<void> {
  const {
    changed,
    type: [type],
  } = await db.write(updateEncryptionStatements(id, changes));
  if (changed.length > 0) return;
  assertUnused(id, type, inUse("update"));
  throw encryptionNotFound(id);
}

/**
 * Removes the encryption of a type (API reference, "Delete an encryption type").
 *
 * @throws Fault 404 if there is no such type or encryption, 400 if volumes of the type exist
 */
export async function deleteEncryption({ db }: RequestContext, id: string): Promise<void> {
  const {
    changed,
    type: [type],
  } = await db.write(deleteEncryptionStatements(id));
  if (changed.length > 0) return;
  assertUnused(id, type, inUse("delete"));
  throw encryptionNotFound(id);
}
