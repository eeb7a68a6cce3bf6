import { volumeTypes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";

/** The values of a new type; the extra specs are JSON. */
interface Values {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly is_public: boolean;
  readonly extra_specs: string;
}

/** Creates a type, unless its name is taken. */
export const createStatements = prepareBatch(({ param }: Params<Values>) => ({
  created: queryBuilder
    .insert(volumeTypes)
    .values({
      key: param("id"),
      id: param("id"),
      name: param("name"),
      description: param("description"),
      is_public: param("is_public"),
      extra_specs: param("extra_specs"),
    })
    .onConflictDoNothing({ target: volumeTypes.name })
    .returning(),
}));
