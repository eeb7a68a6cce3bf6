import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

/** What a request came to. */
export interface Answer {
  /** 0: no answer came. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** Milliseconds from the request to the end of the answer. */
  readonly ms: number;
}

const offer = z.object({ id: z.string(), volume_id: z.string(), auth_key: z.string().default("") });
const fault = z.object({ code: z.number(), message: z.string() });
const bodies = z.object({
  volume: z
    .object({ id: z.string(), status: z.string(), "os-vol-tenant-attr:tenant_id": z.string().optional() })
    .optional(),
  volumes: z.array(z.object({ id: z.string() })).optional(),
  snapshot: z.object({ id: z.string() }).optional(),
  transfer: offer.optional(),
  transfers: z.array(offer).optional(),
  serviceUnavailable: fault.optional(),
  itemNotFound: fault.optional(),
});
export type Body = z.output<typeof bodies>;
export type Offer = z.output<typeof offer>;

export interface Request {
  readonly method: "GET" | "POST" | "DELETE";
  /** Under the project's path. */
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

const NO_ANSWER = { status: 0, headers: new Headers(), body: {} };

/** Requests of one project, which is named as its users are. Answers are not judged, and may be missing. */
export class Client {
  readonly url: string;
  readonly project: string;
  readonly #cutAfterMs: number | undefined;

  /** @param cutAfterMs hangs up after so many milliseconds */
  constructor(url: string, project: string, cutAfterMs?: number) {
    this.url = url;
    this.project = project;
    this.#cutAfterMs = cutAfterMs;
  }

  async send({ method, path, body, idempotencyKey }: Request): Promise<Answer> {
    const started = performance.now();
    const took = () => performance.now() - started;
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
        ...(this.#cutAfterMs !== undefined && { signal: AbortSignal.timeout(this.#cutAfterMs) }),
      });
      const text = await response.text();
      const { status, headers } = response;
      return {
        status,
        headers,
        body: text.startsWith("{") ? bodies.parse(JSON.parse(text)) : {},
        ms: took(),
      };
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw error;
      return { ...NO_ANSWER, ms: took() };
    }
  }

  get = (path: string) => this.send({ method: "GET", path });
  delete = (path: string) => this.send({ method: "DELETE", path });

  offer = (volume_id: string, more: object = {}) =>
    this.send({ method: "POST", path: "volume-transfers", body: { transfer: { volume_id, ...more } } });

  accept = ({ id, auth_key }: Pick<Offer, "id" | "auth_key">, idempotencyKey?: string) =>
    this.send({
      method: "POST",
      path: `volume-transfers/${id}/accept`,
      body: { accept: { auth_key } },
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });

  /** Makes a volume of 1 GiB, with so many snapshots. */
  async volume(snapshots = 0): Promise<string> {
    const made = await this.send({ method: "POST", path: "volumes", body: { volume: { size: 1 } } });
    const { volume } = made.body;
    if (volume === undefined) throw new Error(`volume: ${made.status}`);
    for (let i = 0; i < snapshots; i++) {
      const body = { snapshot: { volume_id: volume.id } };
      const { status } = await this.send({ method: "POST", path: "snapshots", body });
      if (status !== 202) throw new Error(`snapshot: ${status}`);
    }
    return volume.id;
  }

  /** Makes a volume and offers it. */
  async offered(more: object = {}): Promise<Offer> {
    const { status, body } = await this.offer(await this.volume(1), more);
    if (body.transfer === undefined) throw new Error(`offer: ${status}`);
    return body.transfer;
  }
}

/** Sends a request again until it has a certain status; fails after half a minute. */
export async function until(status: number, request: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await request();
    if (answer.status === status) return answer;
    if (Date.now() > deadline) throw new Error(`${answer.status}, not ${status}, for 30 s`);
    await sleep(50);
  }
}
