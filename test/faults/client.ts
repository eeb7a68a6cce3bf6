import * as z from "zod";

/** A response of the service, or what a request came to without one. */
export interface Response {
  /** 0 if there was no response. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** Milliseconds from the request to the end of the response. */
  readonly ms: number;
}

const transfer = z.object({ id: z.string(), volume_id: z.string(), auth_key: z.string().default("") });
const fault = z.object({ code: z.number(), message: z.string() });
const bodySchema = z.object({
  volume: z.object({ id: z.string(), status: z.string() }).optional(),
  volumes: z.array(z.object({ id: z.string() })).optional(),
  snapshot: z.object({ id: z.string() }).optional(),
  transfer: transfer.optional(),
  transfers: z.array(transfer).optional(),
  serviceUnavailable: fault.optional(),
  itemNotFound: fault.optional(),
});
type Body = z.output<typeof bodySchema>;
export type Transfer = z.output<typeof transfer>;

interface Request {
  readonly method: "GET" | "POST" | "DELETE";
  /** Relative to the project's path. */
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

/** Sends requests of one project. It returns every response, and status 0 where there is none. */
export class Client {
  readonly url: string;
  readonly project: string;
  readonly #signal: AbortSignal | undefined;

  /** @param signal hangs up when it is aborted */
  constructor(url: string, project: string, signal?: AbortSignal) {
    this.url = url;
    this.project = project;
    this.#signal = signal;
  }

  async send({ method, path, body, idempotencyKey }: Request): Promise<Response> {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    let received: { readonly status: number; readonly headers: Headers; readonly text: string };
    try {
      const response = await fetch(`${this.url}/v3/${this.project}/${path}`, {
        method,
        headers: {
          "X-Auth-Token": `${this.project}:${this.project}`,
          "OpenStack-API-Version": "volume 3.55",
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        ...(this.#signal !== undefined && { signal: this.#signal }),
      });
      received = { status: response.status, headers: response.headers, text: await response.text() };
    } catch {
      // The connection failed, or the signal was aborted.
      return { status: 0, headers: new Headers(), body: {}, ms: elapsed() };
    }
    const { status, headers, text } = received;
    return {
      status,
      headers,
      body: text.startsWith("{") ? bodySchema.parse(JSON.parse(text)) : {},
      ms: elapsed(),
    };
  }

  get = (path: string) => this.send({ method: "GET", path });
  delete = (path: string) => this.send({ method: "DELETE", path });

  createTransfer = (volume_id: string, options: object = {}) =>
    this.send({ method: "POST", path: "volume-transfers", body: { transfer: { volume_id, ...options } } });

  accept = ({ id, auth_key }: Pick<Transfer, "id" | "auth_key">, idempotencyKey?: string) =>
    this.send({
      method: "POST",
      path: `volume-transfers/${id}/accept`,
      body: { accept: { auth_key } },
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });

  /**
   * Creates a volume of 1 GiB.
   *
   * @param snapshots how many snapshots to create of it
   * @returns the id of the volume
   * @throws Error if the service refuses
   */
  async createVolume(snapshots = 0): Promise<string> {
    const created = await this.send({ method: "POST", path: "volumes", body: { volume: { size: 1 } } });
    const { volume } = created.body;
    if (volume === undefined) throw new Error(`create a volume: status ${created.status}`);
    for (let i = 0; i < snapshots; i++) {
      const body = { snapshot: { volume_id: volume.id } };
      const { status } = await this.send({ method: "POST", path: "snapshots", body });
      if (status !== 202) throw new Error(`create a snapshot: status ${status}`);
    }
    return volume.id;
  }

  /**
   * Creates a volume with a snapshot, and a transfer of it.
   *
   * @throws Error if the service refuses
   */
  async createVolumeAndTransfer(): Promise<Transfer> {
    const { status, body } = await this.createTransfer(await this.createVolume(1));
    if (body.transfer === undefined) throw new Error(`create a transfer: status ${status}`);
    return body.transfer;
  }
}
