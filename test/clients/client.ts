import { MAX_MICROVERSION } from "../../src/http/microversions.ts";
import type { Party } from "./project_members.ts";
import type { Fault } from "./recorded_faults.ts";
import type { Shown } from "./run_client.ts";

/** What a client is told to speak: nothing, or a microversion. */
export type Version = "default" | `3.${number}`;

/** Those that change what a transfer looks like, and the newest. */
export const VERSIONS: readonly Version[] = ["default", "3.55", "3.57", "3.59", `3.${MAX_MICROVERSION}`];

/** An offer, as clients list and show it. */
export interface Transfer {
  readonly id: string;
  readonly name: string | null;
  readonly volume_id: string;
}

/** A volume or a snapshot. */
export interface Thing {
  readonly id: string;
  readonly status: string;
}

/** A client as one of the parties uses it. What fails throws a ClientFailed. */
export interface Client {
  /** @returns the id */
  makeVolume(gigabytes: number): Promise<string>;
  /** @returns the id */
  makeSnapshot(volume: string): Promise<string>;
  volumes(): Promise<Thing[]>;
  snapshots(): Promise<Thing[]>;
  offer(volume: string, options: Options): Promise<Transfer & { readonly auth_key: string }>;
  list(): Promise<Transfer[]>;
  show(id: string): Promise<Transfer>;
  find(name: string): Promise<Transfer>;
  accept(id: string, authKey: string): Promise<Transfer>;
  delete(id: string): Promise<void>;
}

/** What an offer may say. */
interface Options {
  readonly name?: string;
  /** Whether the snapshots stay behind. */
  readonly withoutSnapshots?: true;
}

/** The arguments of a command for each step of a transfer's life. */
export interface Commands {
  makeVolume(gigabytes: number): readonly string[];
  makeSnapshot(volume: string): readonly string[];
  offer(volume: string, options: Options): readonly string[];
  list(): readonly string[];
  /** @param transfer its id or its name */
  show(transfer: string): readonly string[];
  accept(transfer: string, authKey: string): readonly string[];
  delete(transfer: string): readonly string[];
}

/** A request about a transfer that Cinder refuses. */
export interface Refusal {
  readonly transfer: string;
  /** Where the party that asks has the service. */
  readonly endpoint: string;
  readonly fault: Fault;
}

/** A client that people have, and that must work with this service. */
export interface ClientUnderTest {
  /** As tables call it. */
  readonly name: string;
  /** The versions that it is told to speak. */
  readonly versions: readonly Version[];
  /** Whether it knows of offers that leave the snapshots behind. */
  readonly leavesSnapshots: boolean;
  readonly connect: (party: Party, version: Version) => Client;
  /** What it shows where Cinder refuses: by the client's own code, given what Cinder answers. */
  readonly shows: Readonly<Record<"accept" | "show" | "delete", (refusal: Refusal) => Shown>>;
}
