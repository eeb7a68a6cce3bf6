import { isDeepStrictEqual } from "node:util";
import { DEFAULT_TYPE_KEY, type Encryption } from "../../db/schema/index.ts";
import { CliError } from "../errors.ts";
import { printable } from "../printable.ts";
import { SAVE_AT_ONE_TIME } from "./answers.ts";
import type { Import } from "./import_volumes.ts";
import type { TypeOfVolume, TypeRecord } from "./records.ts";
import { sizeAsSql } from "./rows.ts";
import { readTypesStatements, type TypeRow, writeTypesStatements } from "./types.sql.ts";

/** A type that exists. */
type TypeHere = Omit<TypeRow, "projects"> & { readonly in_use: boolean };

/** Collects the types of a Cinder: those of its list, and those that only volumes name. */
export class WantedTypes {
  readonly #types = new Map<string, TypeRecord>();

  /**
   * Adds a type of the list of types.
   *
   * @throws CliError if a type with another id has its name, also `addOfVolume`
   */
  add(type: TypeRecord): void {
    const encrypted = type.encrypted || (this.#known(type)?.encrypted ?? false);
    this.#types.set(type.name, { ...type, encrypted });
  }

  /** Adds the type of a volume. */
  addOfVolume({ name, id, encrypted }: TypeOfVolume): void {
    if (name === null) return;
    const known = this.#known({ name, id });
    if (known !== undefined && (known.encrypted || !encrypted) && (known.id !== null || id === null)) return;
    this.#types.set(name, {
      name,
      id: known?.id ?? id,
      details: known?.details ?? null,
      encrypted: encrypted || (known?.encrypted ?? false),
    });
  }

  #known({ name, id }: Pick<TypeRecord, "name" | "id">): TypeRecord | undefined {
    const known = this.#types.get(name);
    if (known !== undefined && id !== null && known.id !== null && id !== known.id) {
      throw new CliError(
        `volume type ${printable(name)} has two IDs, ${known.id} and ${printable(id)}. ${SAVE_AT_ONE_TIME}`,
      );
    }
    return known;
  }

  get all(): readonly TypeRecord[] {
    return [...this.#types.values()];
  }
}

/**
 * Imports volume types. A type that exists here, under the id or the name, becomes as in Cinder as long as no volume
 * has it, and remains as it is afterwards.
 *
 * @returns the keys of types, by the type of a volume
 */
export async function importTypes(
  { target, report, dryRun }: Import,
  wanted: readonly TypeRecord[],
): Promise<(type: TypeOfVolume) => string> {
  const { types: here } = await target.read(readTypesStatements());
  const [created, updated]: [TypeRow[], TypeRow[]] = [[], []];
  const keys = new Map<string, string>();
  for (const type of wanted) {
    const sameId = here.find(({ id }) => id === type.id);
    const before = sameId ?? here.find(({ name }) => name === type.name);
    const row = makeRow(type, before, sameId !== undefined);
    const bytes = sizeAsSql(JSON.stringify(row));
    if (bytes > target.valueBytes) {
      throw new CliError(
        `volume type ${printable(type.name)} has ${bytes} bytes, of ${target.valueBytes} at most.`,
      );
    }
    keys.set(type.name, row.key);
    if (before === undefined) {
      report.types.created++;
      created.push(row);
    } else if (before.in_use || isSame(row, before)) {
      report.types.unchanged++;
      if (type.encrypted && before.encryption === null) {
        const detail = `volumes of it are encrypted in Cinder, and can be transferred here`;
        report.note("type kept", `volume type ${type.name}`, detail);
      }
    } else {
      report.types.updated++;
      updated.push(row);
    }
  }
  if (created.length + updated.length > 0 && !dryRun) {
    await target.write(writeTypesStatements(created, updated));
  }
  return ({ name }) => (name === null ? DEFAULT_TYPE_KEY : (keys.get(name) ?? DEFAULT_TYPE_KEY));
}

function makeRow(type: TypeRecord, before: TypeHere | undefined, hasId: boolean): TypeRow {
  const { details } = type;
  const id = type.id ?? before?.id ?? crypto.randomUUID();
  const is_public = details?.is_public ?? before?.is_public ?? true;
  return {
    key: before?.key ?? id,
    id,
    // Two types cannot have one name: a type that was renamed keeps its name here.
    name: hasId && before !== undefined ? before.name : type.name,
    description: details ? details.description : (before?.description ?? null),
    is_public,
    extra_specs: details?.extra_specs ?? before?.extra_specs ?? {},
    encryption: encryptionOf(type, before?.encryption ?? null),
    projects: is_public ? undefined : details?.projects,
  };
}

/**
 * Returns the encryption of a type: Cinder's, or else one without parameters if its volumes are encrypted. Unknown
 * fields keep their values.
 */
function encryptionOf({ details, encrypted }: TypeRecord, before: Encryption | null): Encryption | null {
  const shown = details?.encryption;
  const now = { created_at: Date.now(), updated_at: null };
  if (shown) return shown.encryption_id === before?.encryption_id ? before : { ...shown, ...now };
  if (!encrypted) return shown === null ? null : before;
  return (
    before ?? {
      encryption_id: crypto.randomUUID(),
      provider: "luks",
      control_location: "front-end",
      cipher: null,
      key_size: null,
      ...now,
    }
  );
}

const isSame = ({ projects: _, ...row }: TypeRow, { in_use: __, ...before }: TypeHere): boolean =>
  isDeepStrictEqual(row, before);
