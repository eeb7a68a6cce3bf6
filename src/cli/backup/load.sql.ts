import { D1_MIGRATIONS, LIBSQL_MIGRATIONS } from "../database/tables.sql.ts";

/** Prepares a connection that fills a new file. If it fails, the file is removed. */
export const FILL = "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536; begin";
export const FILLED = "commit";

/** The statements of a backup. */
const STATEMENT = /^(CREATE TABLE|CREATE (UNIQUE )?INDEX|INSERT INTO|UPDATE) /i;
/** The other statements of exports of D1 and of version 1.0: their own transaction, and the counters of SQLite. */
const FRAME =
  /^(PRAGMA (foreign_keys|defer_foreign_keys) ?= ?\w+|BEGIN TRANSACTION|COMMIT|(DELETE FROM|INSERT INTO) "?sqlite_sequence\b.*)$/is;

/** Returns whether a statement of a backup makes nothing. */
export const isFrame = (statement: string): boolean => FRAME.test(statement);

/** Returns whether a backup can contain a statement. */
export const isOfBackup = (statement: string): boolean => STATEMENT.test(statement);

/** Returns the definition of a table for which SQLite keeps no counter. */
export const withoutCounter = (statement: string): string =>
  /^CREATE TABLE /i.test(statement) ? statement.replaceAll(/ AUTOINCREMENT\b/gi, "") : statement;

/** The statements that record migrations as for libSQL, when D1 has recorded them. */
export const CREATE_LIBSQL_MIGRATIONS = `create table ${LIBSQL_MIGRATIONS} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`;
export const RECORD_IN_LIBSQL = `insert into ${LIBSQL_MIGRATIONS} (hash, created_at) values (?, ?)`;
export const DROP_D1_MIGRATIONS = `drop table ${D1_MIGRATIONS}`;
