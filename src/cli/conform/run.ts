import { CliError } from "../errors.ts";
import { printable } from "../printable.ts";
import type { Access } from "./access.ts";
import { removeAll } from "./clean_up.ts";
import { Caller, type Callers, Connection } from "./connection.ts";
import type { Party } from "./exchange.ts";
import { UNJUDGED } from "./exit_codes.ts";
import { judge, type Verdict } from "./judge.ts";
import { Made } from "./made.ts";
import { assertMember, assertToken, newestMicroversion } from "./preflight.ts";
import { Session } from "./session.ts";
import { expectUsage, readUsage, type UsageOfBoth } from "./usage.ts";
import { NotJudged, Violation } from "./violations.ts";

/** The microversion of preparations: that of the pages of transfers, or an older one if there is none newer. */
const PREPARE = 59;

/** A run against an endpoint. */
export class Run {
  readonly #access: Access;
  readonly #made = new Made();
  readonly #connection: Connection;
  readonly #callers: Callers;
  #before: UsageOfBoth | undefined;
  #removed: Promise<string[]> | undefined;
  /** The newest microversion of the endpoint. */
  newest = "";

  constructor(access: Access) {
    this.#access = access;
    this.#connection = new Connection(access.base, this.#made.record);
    this.#callers = callersOf(this.#connection, access);
  }

  /**
   * Tries the rules one after another.
   *
   * @param only tries only the rules whose id contains this text
   * @throws CliError if the endpoint cannot be judged
   */
  async *judge(only = ""): AsyncGenerator<Verdict> {
    const { owner, other, admin } = this.#callers;
    try {
      const minor = await newestMicroversion(owner);
      this.newest = `3.${minor}`;
      this.#connection.microversion = `3.${Math.min(minor, PREPARE)}`;
      await assertMember(owner, other.project, "--token");
      await assertMember(other, owner.project, "--other-token");
      if (admin !== undefined) await assertToken(admin, "--admin-token");
      this.#before = await readUsage(this.#callers).catch(() => undefined);
      const session = new Session(this.#callers, this.#made, minor);
      // If the first volume cannot be created, no rule can be judged.
      await session.volume();
      await session.settle();
      for await (const verdict of judge(session, only)) yield this.#redact(verdict);
    } catch (error) {
      if (error instanceof Violation || error instanceof NotJudged) {
        const reason = error instanceof Violation ? error.got : error.message;
        throw new CliError(
          `${this.#access.base} cannot be judged: ${printable(this.#hide(reason))}`,
          UNJUDGED,
        );
      }
      throw error;
    }
  }

  /** Removes what the run has created, once, and returns what is left. */
  cleanUp(): Promise<string[]> {
    this.#removed ??= this.#remove();
    return this.#removed;
  }

  async #remove(): Promise<string[]> {
    await this.#connection.close();
    const { volumes, snapshots, types } = this.#made;
    if (volumes.size + snapshots.size + types.size === 0 && this.newest === "") return [];
    const connection = new Connection(this.#access.base, this.#made.record);
    connection.microversion = this.#connection.microversion;
    const callers = callersOf(connection, this.#access);
    try {
      const left = await removeAll(this.#made, callers);
      if (left.length === 0 && this.#before !== undefined) await expectUsage(callers, this.#before);
      return left;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      const { expected, got, exchange } = error;
      if (exchange !== undefined)
        return [`the project ${exchange.party?.project} has ${got}, and not ${expected}`];
      return [`perhaps volumes and snapshots named ${this.#made.name}: ${got}`];
    }
  }

  /** Replaces the secrets in what the endpoint responded, and in the request. */
  #redact(verdict: Verdict): Verdict {
    if (verdict.outcome === "passed") return verdict;
    if (verdict.outcome === "skipped") return { ...verdict, reason: this.#hide(verdict.reason) };
    const { got, request } = verdict;
    return { ...verdict, got: this.#hide(got), request: request && this.#hide(request) };
  }

  #hide(text: string): string {
    const { owner, other, admin } = this.#access;
    let shown = text;
    for (const { token, variable } of [owner, other, admin].filter((party) => party !== undefined))
      shown = shown.replaceAll(token, `$${variable}`);
    for (const key of this.#made.keys) shown = shown.replaceAll(key, "<auth_key>");
    return shown;
  }
}

function callersOf(connection: Connection, { owner, other, admin }: Access): Callers {
  const caller = (party: Party) => new Caller(connection, party);
  return { owner: caller(owner), other: caller(other), admin: admin && caller(admin) };
}
