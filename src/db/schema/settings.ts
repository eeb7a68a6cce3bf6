import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Values that belong to the database as a whole. */
export const settings = sqliteTable("settings", { name: text().primaryKey(), value: text().notNull() });

/** The setting with the check of the `AUTH_KEY_SECRET` that the database's transfers were created under. */
export const SECRET_CHECK = "auth_key_secret_check";

/** The setting that a database has whose transfers are of volumes in a Cinder. */
export const MODE = "mode";
/** Its only value. */
export const FACADE_MODE = "facade";
