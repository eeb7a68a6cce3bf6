import { setTimeout as sleep } from "node:timers/promises";

/** The properties of a request of a scenario. */
interface Options {
  as?: string;
  method?: string;
  path: string;
  mv?: string;
  version?: string;
  body?: unknown;
  raw?: string;
  headers?: Record<string, string>;
  setup?: boolean;
  exact?: boolean;
  loose?: boolean;
  shape?: boolean;
  better?: unknown;
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
  status: number;
  headers: Headers;
  /** The parsed body, or its text if it is not JSON. */
  body: unknown;
}

const hex32 = () => crypto.randomUUID().replaceAll("-", "");

/**
 * The interface that the recorded scenarios call. It has two projects and one of an admin, new for each scenario, and
 * sends requests as their users.
 */
export class Session {
  readonly alpha = hex32();
  readonly beta = hex32();
  readonly admin = hex32();
  /** The exchanges to compare, without those that prepare. */
  readonly exchanges: Exchange[] = [];
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** The values of the placeholders of the recording in this session. */
  get names(): Record<string, string> {
    return { base: this.#base, alpha: this.alpha, beta: this.beta, admin: this.admin };
  }

  /** Scenarios label requests with it. Labels are not compared. */
  normal(text: string): string {
    return text;
  }

  async call(label: string, options: Options): Promise<Answer> {
    const { as = "alpha", method = "GET", mv, version = mv && `volume ${mv}`, body, setup } = options;
    const path = options.path.startsWith("/") ? options.path : `/v3/${this.#project(as)}/${options.path}`;
    const headers = new Headers(options.headers);
    headers.set("X-Auth-Token", this.#token(as));
    if (version) headers.set("OpenStack-API-Version", version);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const response = await fetch(this.#base + path, {
      method,
      headers,
      redirect: "manual",
      body: body === undefined ? (options.raw ?? null) : JSON.stringify(body),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json");
    const parsed = json ? JSON.parse(text) : text;
    const { status } = response;
    if (!setup) this.exchanges.push({ label, status, headers: response.headers, body: parsed });
    return { status, body: parsed, headers: response.headers };
  }

  /** Repeats a request until the response has a value: Cinder works in the background. */
  async until(
    path: string,
    pick: (body: Json) => unknown,
    wanted: unknown,
    { as = "alpha" }: { as?: string } = {},
  ): Promise<Json> {
    for (let tries = 0; tries < 20; tries++) {
      const { status, body } = await this.call(path, { as, path, mv: "3.59", setup: true });
      if (status === 200 && pick(body) === wanted) return body;
      await sleep(100);
    }
    throw new Error(`${path} never had ${wanted}`);
  }

  async volume({ as = "alpha", size = 1, name = "vol" } = {}): Promise<string> {
    const made = await this.#prepare(as, "POST", "volumes", { volume: { size, name } });
    return String(made.volume?.id);
  }

  async snapshot(volume_id: string, { as = "alpha", name = "snap" } = {}): Promise<string> {
    const made = await this.#prepare(as, "POST", "snapshots", { snapshot: { volume_id, name, force: true } });
    return String(made.snapshot?.id);
  }

  async reset(kind: string, id: string, status: string): Promise<void> {
    await this.#prepare("admin", "POST", `${kind}/${id}/action`, { "os-reset_status": { status } });
  }

  async quota(project: string, limits: Record<string, number>): Promise<void> {
    await this.#prepare("admin", "PUT", `os-quota-sets/${project}`, { quota_set: limits });
  }

  async offer(volume_id: string, { as = "alpha", name = "offer", ...more } = {}): Promise<Json> {
    const made = await this.#prepare(as, "POST", "volume-transfers", {
      transfer: { volume_id, name, ...more },
    });
    if (made.transfer === undefined) throw new Error(`no transfer in ${JSON.stringify(made)}`);
    return made.transfer;
  }

  async #prepare(as: string, method: string, path: string, body: unknown): Promise<Json> {
    const answer = await this.call(path, { as, method, path, mv: "3.59", body, setup: true });
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  #project(as: string): string {
    return { beta: this.beta, admin: this.admin }[as] ?? this.alpha;
  }

  #token(as: string): string {
    const tokens: Record<string, string> = {
      alpha: `alice:${this.alpha}`,
      beta: `bob:${this.beta}`,
      admin: `root:${this.admin}:admin,member,reader`,
      reader: `rita:${this.alpha}:reader`,
    };
    return tokens[as] ?? as;
  }
}
