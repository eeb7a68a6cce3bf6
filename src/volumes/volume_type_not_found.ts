import { Fault } from "../http/faults.ts";
import { uuid } from "../http/fields.ts";

/**
 * Makes the 404 of a volume type that does not exist, or that the project may not use, by the name or id that the
 * request gave.
 */
export function volumeTypeNotFound(nameOrId: string): Fault {
  const given = uuid.safeParse(nameOrId).success ? nameOrId : `with name ${nameOrId}`;
  return new Fault(404, `Volume type ${given} could not be found.`);
}
