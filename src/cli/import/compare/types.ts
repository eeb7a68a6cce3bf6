import { isDeepStrictEqual } from "node:util";
import { DEFAULT_TYPE_KEY, type Encryption } from "../../../db/schema/index.ts";
import { CliError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import type { TypeOfVolume, TypeRecord } from "../read/records.ts";
import type { Report } from "../report.ts";
import { sizeAsSql } from "../write/rows.ts";
import type { Target } from "../write/target.ts";
import { readTypesStatements, type TypeRow } from "../write/types.sql.ts";

/** A type that exists. */
type StoredType = Omit<TypeRow, "projects"> & { readonly in_use: boolean };

/** The types to write. */
interface TypeChanges {
  readonly created: readonly TypeRow[];
  readonly updated: readonly TypeRow[];
  /** Returns the key of a volume's type. */
  readonly keyOf: (type: TypeOfVolume) => string;
}

/**
 * Compares the types of a Cinder with those here. A type that exists here, under the id or the name, becomes as in
 * Cinder as long as no volume has it, and remains as it is afterwards.
 *
 * @throws CliError if a type is too large
 */
export async function compareTypes(
  target: Target,
  report: Report,
  types: readonly TypeRecord[],
): Promise<TypeChanges> {
  const { types: stored } = await target.read(readTypesStatements());
  const [created, updated]: [TypeRow[], TypeRow[]] = [[], []];
  const keys = new Map<string, string>();
  for (const type of types) {
    const sameId = stored.find(({ id }) => id === type.id);
    const before = sameId ?? stored.find(({ name }) => name === type.name);
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
  const keyOf = ({ name }: TypeOfVolume) =>
    name === null ? DEFAULT_TYPE_KEY : (keys.get(name) ?? DEFAULT_TYPE_KEY);
  return { created, updated, keyOf };
}

function makeRow(type: TypeRecord, before: StoredType | undefined, hasId: boolean): TypeRow {
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

const isSame = ({ projects: _, ...row }: TypeRow, { in_use: __, ...before }: StoredType): boolean =>
  isDeepStrictEqual(row, before);
