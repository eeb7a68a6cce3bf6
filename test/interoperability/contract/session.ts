import { setTimeout as sleep } from "node:timers/promises";

/** The properties of a request of a scenario. */
export interface Options {
  as?: string;
  method?: string;
  path: string;
  mv?: string | undefined;
  version?: string | undefined;
  body?: unknown;
  raw?: string;
  headers?: Record<string, string>;
  /** Prepares state, and is not compared. */
  setup?: boolean;
  /** The message of a fault is compared. */
  exact?: boolean;
  /** The body of a success is not compared. */
  loose?: boolean;
  /** Only the names and types in the body of a success are compared. */
  shape?: boolean;
  /** The response to give where Cinder's is a defect. */
  better?: { status: number; fault?: string } | null;
}

interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

/** A JSON body as the scenarios read it: they may read any property. */
export interface Json {
  readonly [name: string]: Json | undefined;
}

/** A request and its response. */
export interface Exchange {
  label: string;
  options: Options;
  status: number;
  headers: Headers;
  /** The parsed body, or its text if it is not JSON. */
  body: unknown;
}

/** A microversion with everything that preparations need, which both versions of Cinder know. */
const PREPARE = "3.59";
const UNTIL_TRIES = 200;

const hex32 = () => crypto.randomUUID().replaceAll("-", "");

/**
 * The interface that the recorded scenarios call. It has two projects and one of an admin, new for each scenario, and
 * sends requests as their users.
 */
export class Session {
  readonly alpha = hex32();
  readonly beta = hex32();
  readonly admin = hex32();
  /** All exchanges that the scenario has called, in order. */
  readonly log: Exchange[] = [];
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** The exchanges to compare, without those that prepare. */
  get exchanges(): Exchange[] {
    return this.log.filter(({ options }) => !options.setup);
  }

  /** The values of the placeholders of the recording in this session. */
  get names(): Record<string, string> {
    return { base: this.#base, alpha: this.alpha, beta: this.beta, admin: this.admin };
  }

  /** Scenarios label requests with it. The recorder replaces ids in labels. */
  normal(text: string): string {
    return text;
  }

  async call(label: string, options: Options): Promise<Answer> {
    const answer = await this.#send(options);
    this.log.push({ label, options, ...answer });
    return answer;
  }

  /** Repeats a request until the response has a value: Cinder works in the background. */
  async until(
    path: string,
    pick: (body: Json) => unknown,
    wanted: unknown,
    { as = "alpha" }: { as?: string } = {},
  ): Promise<Json> {
    for (let tries = 0; tries < UNTIL_TRIES; tries++) {
      const { status, body } = await this.#send({ as, path, mv: PREPARE });
      const found = status === 200 && pick(body);
      if (found === wanted) return body;
      if (found === "error") throw new Error(`${path} is in error`);
      await sleep(100);
    }
    throw new Error(`${path} never had ${wanted}`);
  }

  async volume({ as = "alpha", size = 1, name = "vol", ...more } = {}): Promise<string> {
    const volume = { size, name, ...more };
    const made = await this.#prepare("create volume", as, "POST", "volumes", { volume });
    const id = String(made.volume?.id);
    await this.until(`volumes/${id}`, ({ volume }) => volume?.status, "available", { as });
    return id;
  }

  async snapshot(volume_id: string, { as = "alpha", name = "snap" } = {}): Promise<string> {
    const body = { snapshot: { volume_id, name, force: true } };
    const made = await this.#prepare("create snapshot", as, "POST", "snapshots", body);
    const id = String(made.snapshot?.id);
    await this.until(`snapshots/${id}`, ({ snapshot }) => snapshot?.status, "available", { as });
    return id;
  }

  async reset(kind: string, id: string, status: string): Promise<void> {
    const body = { "os-reset_status": { status } };
    await this.#prepare(`reset ${kind} to ${status}`, "admin", "POST", `${kind}/${id}/action`, body);
  }

  async quota(project: string, limits: Record<string, number>): Promise<void> {
    const body = { quota_set: limits };
    await this.#prepare("set quota", "admin", "PUT", `os-quota-sets/${project}`, body);
  }

  async offer(volume_id: string, { as = "alpha", name = "offer", ...more } = {}): Promise<Json> {
    const body = { transfer: { volume_id, name, ...more } };
    const made = await this.#prepare("create transfer", as, "POST", "volume-transfers", body);
    if (made.transfer === undefined) throw new Error(`no transfer in ${JSON.stringify(made)}`);
    return made.transfer;
  }

  async #prepare(label: string, as: string, method: string, path: string, body: unknown): Promise<Json> {
    const options = { as, method, path, mv: PREPARE, body, setup: true };
    const answer = await this.call(`setup: ${label}`, options);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async #send(options: Options): Promise<Answer> {
    const { as = "alpha", method = "GET", mv, version = mv && `volume ${mv}`, body, raw } = options;
    const path = options.path.startsWith("/") ? options.path : `/v3/${this.#project(as)}/${options.path}`;
    const headers = new Headers(options.headers);
    const token = this.#token(as);
    if (token !== undefined) headers.set("X-Auth-Token", token);
    if (version) headers.set("OpenStack-API-Version", version);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const text = body === undefined ? raw : JSON.stringify(body);
    const response = await fetch(this.#base + path, {
      method,
      headers,
      redirect: "manual",
      // A body of bytes gets no Content-Type.
      body: text === undefined ? null : new TextEncoder().encode(text),
    });
    const answer = await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      body: json && answer !== "" ? JSON.parse(answer) : answer,
    };
  }

  #project(as: string): string {
    return { beta: this.beta, admin: this.admin }[as] ?? this.alpha;
  }

  /** Returns the token of a user; `none` has no token. */
  #token(as: string): string | undefined {
    const tokens: Record<string, string | undefined> = {
      alpha: `alice:${this.alpha}`,
      beta: `bob:${this.beta}`,
      admin: `root:${this.admin}:admin,member,reader`,
      reader: `rita:${this.alpha}:reader`,
      none: undefined,
    };
    return as in tokens ? tokens[as] : as;
  }
}
