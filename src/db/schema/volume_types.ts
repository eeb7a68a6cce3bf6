import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { now, seq } from "./columns.ts";

/** How the volumes of a type are encrypted, as Cinder's clients set it. */
export interface Encryption {
  readonly encryption_id: string;
  readonly provider: string;
  readonly control_location: "front-end" | "back-end";
  readonly cipher: string | null;
  /** Bits. */
  readonly key_size: number | null;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly updated_at: number | null;
}

/** Volume types. A migration makes two: the default, and `LUKS`, whose volumes are encrypted. */
export const volumeTypes = sqliteTable("volume_types", {
  seq: seq(),
  /**
   * The value by which volumes and quotas refer to the type. It does not change when the type is renamed: it is the id,
   * or, for the two types that earlier versions had, the name.
   */
  key: text().notNull().unique(),
  /** Named unlike a volume's id: D1 returns rows as objects, and the two are read together. */
  id: text("volume_type_id").notNull().unique(),
  name: text().notNull().unique(),
  description: text(),
  is_public: integer({ mode: "boolean" }).notNull().default(true),
  extra_specs: text({ mode: "json" }).$type<Record<string, string | null>>().notNull(),
  /** Null for a type whose volumes are not encrypted. */
  encryption: text({ mode: "json" }).$type<Encryption>(),
  created_at: integer().notNull().default(now),
  updated_at: integer(),
});

/** The key of the default type. */
export const DEFAULT_TYPE_KEY = "__DEFAULT__";

/** The projects that may use a type that is not public. */
export const volumeTypeAccess = sqliteTable(
  "volume_type_access",
  {
    volume_type: text().notNull(),
    project_id: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.volume_type, t.project_id] })],
);
