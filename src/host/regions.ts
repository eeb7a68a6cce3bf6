import type { Config } from "../config/config.ts";
import { database } from "../db/engine/database.ts";
import type { Driver } from "../db/engine/driver.ts";
import { libsqlDriver } from "../db/engine/libsql.ts";
import { errorFields, inRegion, logEvent } from "../http/log.ts";
import { findWrongSecret } from "../transfers/auth_key.ts";
import { messageOf, OperatorError } from "./errors.ts";
import { FileDatabase } from "./file_database.ts";
import { MemoryDatabase } from "./memory_database.ts";
import { applyMigrations } from "./migrations.ts";
import { assertMode } from "./mode.ts";

/** Receives a line about what is about to be done to a database. */
export type Report = (line: string) => void;

/** The regions of a host. One that is away is prepared as soon as it is back. */
export class Regions {
  readonly #unprepared: Set<Config>;
  readonly #count: number;
  readonly #migrations: string;
  readonly #report: Report;

  /** @param migrations the folder of the migrations */
  constructor(regions: readonly Config[], migrations: string, report: Report) {
    this.#unprepared = new Set(regions);
    this.#count = regions.length;
    this.#migrations = migrations;
    this.#report = report;
  }

  /**
   * Prepares the regions that are not prepared yet.
   *
   * @throws OperatorError if none is prepared
   */
  async prepare(): Promise<void> {
    const failures: unknown[] = [];
    for (const config of this.#unprepared) {
      try {
        await prepare(config, this.#migrations, this.#report);
        this.#unprepared.delete(config);
      } catch (error) {
        failures.push(error);
        if (config.region !== undefined) logFailure(config, error);
      }
    }
    if (failures.length < this.#count) return;
    throw failures.length === 1 ? failures[0] : new OperatorError(failures.map(messageOf).join("\n"));
  }
}

/**
 * Opens the database of a region, applies the pending migrations, and compares the mode and the secret with the
 * database's.
 *
 * @throws OperatorError if the database cannot be opened or migrated, or has another mode or secret
 */
async function prepare(config: Config, migrations: string, report: Report): Promise<void> {
  const { driver, name } = open(config, report);
  await applyMigrations(driver, migrations, (names) => {
    const step = names.length === 0 ? "is up to date" : `applying ${names.join(", ")}`;
    report(`database${config.region === undefined ? "" : ` of ${config.region}`} ${name}: ${step}`);
  }).catch((error: unknown) => {
    throw new OperatorError(`the database ${name} cannot be migrated: ${messageOf(error)}`);
  });
  await assertMode(driver, `the database ${name}`, config.cinder !== undefined);
  const wrongSecret = await findWrongSecret(database(config), config);
  if (wrongSecret !== undefined) throw new OperatorError(wrongSecret);
  if (driver instanceof MemoryDatabase) driver.keepState();
}

/** Opens the database of a region, and returns it with its name in messages. */
function open({ database }: Config, report: Report): { readonly driver: Driver; readonly name: string } {
  if (database.kind === "libsql") return { driver: libsqlDriver(database), name: `at ${database.url}` };
  const driver = database.kind === "file" ? database.driver : undefined;
  if (!(driver instanceof FileDatabase || driver instanceof MemoryDatabase))
    throw new Error("a host has files, databases in memory, and libSQL servers");
  driver.open(report);
  return { driver, name: driver.name };
}

const logFailure = (config: Config, error: unknown): void =>
  logEvent("region_unavailable", {
    ...inRegion(config),
    ...(error instanceof OperatorError ? { error: error.message } : errorFields(error)),
  });
