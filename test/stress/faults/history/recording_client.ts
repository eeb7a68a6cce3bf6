import type { Body, Client, ServiceResponse } from "../../../support/client.ts";
import { tolerantClient } from "../tolerant_client.ts";
import type { Operation, Outcome, Write } from "./operations.ts";

/** The part of a create's response that an accept needs. */
export interface TransferKey {
  readonly id: string;
  readonly auth_key: string;
}

interface CreateOptions {
  /** Leaves the snapshots with the donor. */
  readonly noSnapshots: boolean;
  /** In whole milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** The only project that may accept. */
  readonly destination?: string;
  /** Whether that project needs no key. */
  readonly keyless?: boolean;
}

/** Sends requests about volumes and records each of them, with its outcome, for the history checker. */
export class RecordingClient {
  readonly operations: Operation[] = [];
  readonly #chooseUrl: () => string;
  readonly #chooseSignal: () => AbortSignal | undefined;
  #names = 0;

  /**
   * @param chooseUrl returns the address of the Worker for the next request
   * @param chooseSignal returns the signal at which the client of the next request hangs up; undefined for never
   */
  constructor(chooseUrl: () => string, chooseSignal: () => AbortSignal | undefined) {
    this.#chooseUrl = chooseUrl;
    this.#chooseSignal = chooseSignal;
  }

  /** Returns how many writes of a kind have an outcome so far. */
  count(kind: Write["kind"], outcome: Outcome): number {
    return this.operations.filter((operation) => operation.kind === kind && operation.outcome === outcome)
      .length;
  }

  /** Creates a transfer under a unique name. */
  async create(
    volume: string,
    project: string,
    { noSnapshots, expiresAt, destination, keyless }: CreateOptions,
  ) {
    const name = `transfer ${this.#names++}`;
    const properties = {
      name,
      ...(noSnapshots && { no_snapshots: true }),
      ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
      ...(destination !== undefined && { destination_project_id: destination }),
      ...(keyless && { require_key: false }),
    };
    const { response, request } = await this.#send(volume, project, (client) =>
      client.createTransfer(volume, properties),
    );
    const { transfer }: Partial<Body> = response.body;
    this.operations.push({
      kind: "create",
      name,
      ...(transfer !== undefined && { transfer: transfer.id, key: transfer.auth_key }),
      ...(keyless && { keyless }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(destination !== undefined && { destination }),
      ...request,
    });
    return { outcome: request.outcome, transfer };
  }

  async accept(volume: string, project: string, transfer: TransferKey, idempotencyKey: string | undefined) {
    const { response, request } = await this.#send(volume, project, (client) =>
      client.accept(transfer, idempotencyKey),
    );
    this.operations.push({
      kind: "accept",
      transfer: transfer.id,
      key: transfer.auth_key,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...requestIdOf(response),
      ...request,
    });
    return request.outcome;
  }

  /** Declines a transfer, with its key unless that is empty. */
  async decline(volume: string, project: string, { id, auth_key }: TransferKey): Promise<Outcome> {
    const { response, request } = await this.#send(volume, project, (client) =>
      client.send("POST", `volume-transfers/${id}/decline`, {
        decline: { reason: "no", ...(auth_key !== "" && { auth_key }) },
      }),
    );
    this.operations.push({
      kind: "decline",
      transfer: id,
      key: auth_key,
      ...requestIdOf(response),
      ...request,
    });
    return request.outcome;
  }

  /** Makes a new key, and returns it if the service does. */
  async rekey(volume: string, project: string, transfer: string) {
    const { response, request } = await this.#send(volume, project, (client) =>
      client.send("POST", `volume-transfers/${transfer}/rekey`),
    );
    const { transfer: rekeyed }: Partial<Body> = response.body;
    const key = rekeyed?.auth_key;
    this.operations.push({
      kind: "rekey",
      transfer,
      ...(key !== undefined && { key }),
      ...requestIdOf(response),
      ...request,
    });
    return { outcome: request.outcome, key };
  }

  async delete(volume: string, project: string, transfer: string): Promise<Outcome> {
    const { response, request } = await this.#send(volume, project, (client) =>
      client.delete(`volume-transfers/${transfer}`),
    );
    this.operations.push({ kind: "delete", transfer, ...requestIdOf(response), ...request });
    return request.outcome;
  }

  /** @returns the status of the volume, or undefined if the project does not own it or there is no response */
  async showVolume(volume: string, project: string): Promise<string | undefined> {
    const { response, request } = await this.#send(volume, project, (client) =>
      client.get(`volumes/${volume}`),
    );
    const { volume: shown }: Partial<Body> = response.body;
    const seen = shown && { volumeStatus: shown.status };
    this.operations.push({ kind: "show volume", seen, ...readOutcome(request) });
    return shown?.status;
  }

  /**
   * Shows a transfer, or lists the transfers of the volume.
   *
   * @param transfer undefined for the list
   * @returns the id of the transfer in the response
   */
  async showTransfer(volume: string, project: string, transfer?: string): Promise<string | undefined> {
    const path = transfer === undefined ? `?volume_id=${volume}` : `/${transfer}`;
    const { response, request } = await this.#send(volume, project, (client) =>
      client.get(`volume-transfers${path}`),
    );
    const { transfer: single, transfers = [] }: Partial<Body> = response.body;
    const shown = single ?? transfers[0];
    const seen = shown && { transfer: shown.id };
    this.operations.push({ kind: "show transfer", transfer, seen, ...readOutcome(request) });
    return shown?.id;
  }

  async #send(volume: string, project: string, send: (client: Client) => Promise<ServiceResponse>) {
    const client = tolerantClient(this.#chooseUrl(), project, this.#chooseSignal());
    const invoked = performance.timeOrigin + performance.now();
    const response = await send(client);
    const completed = performance.timeOrigin + performance.now();
    const { status } = response;
    return {
      response,
      request: { project, volume, invoked, completed, status, outcome: outcomeOf(response) },
    };
  }
}

function outcomeOf({ status, body }: ServiceResponse): Outcome {
  const { serviceUnavailable }: Partial<Body> = body;
  if (serviceUnavailable?.message.includes("Nothing has changed, and nothing will.")) return "fail";
  if (status === 0 || status >= 500) return "unknown";
  return status < 400 ? "ok" : "fail";
}

/** A 404 is an observation like any other: the resource did not exist for the project. */
const readOutcome = <R extends { readonly status: number; readonly outcome: Outcome }>(request: R): R =>
  request.status === 404 ? { ...request, outcome: "ok" } : request;

function requestIdOf({ headers }: ServiceResponse): { readonly requestId?: string } {
  const requestId = headers.get("x-openstack-request-id");
  return requestId === null ? {} : { requestId };
}
