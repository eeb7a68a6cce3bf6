import { MAX_MICROVERSION } from "../../../src/http/microversions.ts";
import type { ProjectMember } from "./project_members.ts";
import type { RecordedFault } from "./recorded_faults.ts";
import type { Failure } from "./run_client.ts";

/** The microversion that a client is configured with: its own default, or a fixed one. */
export type Version = "default" | `3.${number}`;

/** The default, the microversions that change the representation of a transfer, and the newest. */
export const VERSIONS: readonly Version[] = ["default", "3.55", "3.57", "3.59", `3.${MAX_MICROVERSION}`];

/** A transfer as clients list and show it. */
export interface Transfer {
  readonly id: string;
  readonly name: string | null;
  readonly volume_id: string;
}

/** A volume or a snapshot. */
export interface Resource {
  readonly id: string;
  readonly status: string;
}

/** The operations of a client, used by one project member. Each throws ClientError if the client fails. */
export interface Client {
  /** @returns the id of the volume */
  createVolume(gigabytes: number): Promise<string>;
  /** @returns the id of the snapshot */
  createSnapshot(volume: string): Promise<string>;
  listVolumes(): Promise<Resource[]>;
  listSnapshots(): Promise<Resource[]>;
  createTransfer(
    volume: string,
    options: CreateTransferOptions,
  ): Promise<Transfer & { readonly auth_key: string }>;
  listTransfers(): Promise<Transfer[]>;
  showTransfer(id: string): Promise<Transfer>;
  findTransfer(name: string): Promise<Transfer>;
  acceptTransfer(id: string, authKey: string): Promise<Transfer>;
  deleteTransfer(id: string): Promise<void>;
}

interface CreateTransferOptions {
  readonly name?: string;
  /** Leaves the snapshots of the volume with the donor. */
  readonly noSnapshots?: true;
}

/** The command-line arguments of each operation. */
export interface Commands {
  createVolume(gigabytes: number): readonly string[];
  createSnapshot(volume: string): readonly string[];
  createTransfer(volume: string, options: CreateTransferOptions): readonly string[];
  listTransfers(): readonly string[];
  /** @param transfer the id or the name */
  showTransfer(transfer: string): readonly string[];
  acceptTransfer(transfer: string, authKey: string): readonly string[];
  deleteTransfer(transfer: string): readonly string[];
}

/** A request about a transfer that the service refuses as Cinder does. */
export interface Refusal {
  /** The id of the transfer. */
  readonly transfer: string;
  /** The endpoint of the service for the project that sends the request. */
  readonly endpoint: string;
  readonly fault: RecordedFault;
}

/** An OpenStack client that must work with the service unchanged. */
export interface ClientUnderTest {
  /** The name in titles and tables. */
  readonly name: string;
  /** The microversions to test the client with. */
  readonly versions: readonly Version[];
  /** Whether the client can create transfers without snapshots. */
  readonly supportsNoSnapshots: boolean;
  readonly connect: (member: ProjectMember, version: Version) => Client;
  /** Returns what the client reports if Cinder refuses an operation, by its own source code. */
  readonly reports: Readonly<Record<"accept" | "show" | "delete", (refusal: Refusal) => Failure>>;
}
