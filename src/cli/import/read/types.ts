import { CliError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { SAVE_AT_ONE_TIME } from "./answers.ts";
import type { TypeOfVolume, TypeRecord } from "./records.ts";

/** Collects the types of a Cinder: those of its list, and those that only volumes name. */
export class Types {
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
