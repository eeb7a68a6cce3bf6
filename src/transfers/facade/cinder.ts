import * as z from "zod/mini";
import { callCinder } from "../../http/call_cinder.ts";
import { isAdmin } from "../../http/caller.ts";
import type { RequestContext } from "../../http/context.ts";

type CinderConfig = NonNullable<RequestContext["config"]["cinder"]>;

/** A response of Cinder. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The longest time that an operation waits for Cinder, milliseconds. */
const MAX_WAIT_MS = 25_000;
/**
 * The longest time that Cinder has after that, milliseconds: then another accept may be sent. In the first part of that
 * time a request whose connection broke can be sent again.
 */
const MAX_REST_MS = 10_000;

const volumeSchema = z.object({
  volume: z.object({
    name: z.nullable(z.string()),
    description: z.nullable(z.string()),
    size: z.number(),
    volume_type: z.nullable(z.string()),
    encrypted: z.optional(z.boolean()),
    "os-vol-tenant-attr:tenant_id": z.optional(z.string()),
  }),
});

/** A volume as Cinder shows it. */
interface CinderVolume extends Omit<z.output<typeof volumeSchema>["volume"], "os-vol-tenant-attr:tenant_id"> {
  /** The project that owns it; undefined if Cinder does not show it to an admin. */
  readonly owner: string | undefined;
}

const faultSchema = z.record(z.string(), z.object({ message: z.string() }));

/** Sends requests to a Cinder with the token of a caller. */
export class Cinder {
  readonly #config: CinderConfig;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #identity: RequestContext["identity"];
  readonly #started = Date.now();

  /** @param headers the token, the microversion and the global request id of the caller's request */
  constructor(
    config: CinderConfig,
    headers: Readonly<Record<string, string>>,
    identity: RequestContext["identity"],
  ) {
    this.#config = { ...config, timeoutMs: Math.min(config.timeoutMs, MAX_WAIT_MS) };
    this.#headers = headers;
    this.#identity = identity;
  }

  /** The time after which the answer to a request counts as lost, milliseconds. */
  get lostAfterMs(): number {
    return this.#config.timeoutMs + this.#restMs;
  }

  /** Whether a request that is sent now is answered, or lost, before `lostAfterMs` is over. */
  get hasTime(): boolean {
    return Date.now() - this.#started < this.#restMs;
  }

  get #restMs(): number {
    return Math.min(this.#config.timeoutMs, MAX_REST_MS);
  }

  /**
   * Sends a request, and reads the whole response.
   *
   * @param path in the caller's project
   * @returns undefined if there is no response: Cinder may have received the request all the same
   */
  async send(method: string, path: string, body?: object): Promise<Answer | undefined> {
    const headers = new Headers({ ...this.#headers, ...(body && { "Content-Type": "application/json" }) });
    const request = { method, headers, body: body && JSON.stringify(body) };
    const url = `/v3/${this.#identity.project_id}/${path}`;
    const read = async (response: Response): Promise<Answer> => {
      const { status, headers } = response;
      return { status, headers, text: await response.text() };
    };
    return callCinder(this.#config, url, request, read).catch(() => undefined);
  }

  /**
   * Sends a GET, and parses the response.
   *
   * @returns undefined unless it is a 200 with what the schema describes
   */
  async read<S extends z.ZodMiniType>(path: string, schema: S): Promise<z.output<S> | undefined> {
    return parseShown(await this.send("GET", path), schema);
  }

  /**
   * Returns a volume.
   *
   * @returns null if it is not the caller's; undefined if Cinder does not show it to an admin, or is away
   */
  async volume(id: string): Promise<CinderVolume | null | undefined> {
    const ofAll = isAdmin(this.#identity);
    const answer = await this.send("GET", pathTo("volumes", id));
    // To an admin Cinder shows the volumes of all, unless he is none in Cinder.
    if (saysGone(answer, id, "Volume")) return ofAll ? undefined : null;
    const volume = parseShown(answer, volumeSchema)?.volume;
    if (volume === undefined) return undefined;
    const { "os-vol-tenant-attr:tenant_id": owner = ofAll ? undefined : this.#identity.project_id } = volume;
    return { ...volume, owner };
  }

  /**
   * Returns the project that owns a volume, by which a lost answer is settled: Cinder decides who owns a volume.
   *
   * @returns null if it is not the caller's; undefined if Cinder is away, or does not show the owner
   */
  async ownerOf(volume_id: string): Promise<string | null | undefined> {
    const volume = await this.volume(volume_id);
    return volume === null ? null : volume?.owner;
  }
}

/** Makes a path of segments. An id with a slash in it names no other resource. */
export const pathTo = (...segments: readonly string[]): string => segments.map(encodeURIComponent).join("/");

/** Returns whether Cinder has decided: an error of a server or a proxy says nothing of what it has done. */
export const isDecided = (answer: Answer | undefined): answer is Answer =>
  answer !== undefined && answer.status < 500;

/** Parses a 200; undefined if it is none, or not what the schema describes. */
export const parseShown = <S extends z.ZodMiniType>(
  answer: Answer | undefined,
  schema: S,
): z.output<S> | undefined => (answer?.status === 200 ? parseAnswer(answer, schema) : undefined);

/**
 * Returns whether Cinder says that it has no such transfer, or not for the caller. It also answers 404 for a type.
 *
 * @param kind the resource in Cinder's message
 */
export function saysGone(
  answer: Answer | undefined,
  id: string,
  kind: "Transfer" | "Volume" = "Transfer",
): boolean {
  if (answer?.status !== 404) return false;
  const [fault] = Object.values(parseAnswer(answer, faultSchema) ?? {});
  return fault?.message === `${kind} ${id} could not be found.`;
}

/** Parses the body of a response; undefined if it is not what the schema describes. */
export function parseAnswer<S extends z.ZodMiniType>({ text }: Answer, schema: S): z.output<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
