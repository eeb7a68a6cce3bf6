/** A well-formed id of no resource. */
export const UNKNOWN_ID = "aaaaaaaa-1111-4222-8333-444444444444";
/** A well-formed auth_key of no transfer. */
export const WRONG_KEY = "0000000000000000";

/** A response of the service. */
export interface ServiceResponse {
  /** 0 if the client is tolerant, and there was no response. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  /** Milliseconds from the request to the end of the response. */
  readonly ms: number;
}

/** The properties of bodies that tests read. A body has those of its resource, or of its fault. */
export interface Body {
  readonly volume: Volume;
  readonly volumes: Volume[];
  readonly snapshot: {
    readonly id: string;
    readonly status: string;
    readonly metadata: Readonly<Record<string, string>>;
  };
  readonly snapshots: { readonly id: string }[];
  readonly count?: number;
  readonly volume_types: { readonly id: string; readonly name: string }[];
  readonly transfer: Transfer;
  readonly transfers: Transfer[];
  readonly transfers_links?: { readonly rel: string; readonly href: string }[];
  readonly events: CloudEvent[];
  readonly events_links?: { readonly rel: string; readonly href: string }[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly quota_set: Record<
    string,
    { readonly limit: number; readonly in_use: number; readonly reserved: number }
  >;
  readonly badRequest?: Fault;
  readonly forbidden?: Fault;
  readonly itemNotFound?: Fault;
  readonly overLimit?: Fault;
  readonly serviceUnavailable?: Fault;
  readonly error?: Fault;
}

/** A CloudEvent of the service. */
export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Fault {
  readonly code: number;
  readonly message: string;
}

interface Volume {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly user_id: string;
  readonly created_at: string;
  readonly volume_type_id?: string;
  readonly "os-vol-tenant-attr:tenant_id": string;
}

export interface Transfer {
  readonly id: string;
  readonly volume_id: string;
  readonly name: string | null;
  readonly auth_key: string;
  /** In the history. */
  readonly status?: string;
  readonly closed_at?: string;
}

/** The usage of a project. Gigabytes are GiB. */
export interface Usage {
  readonly volumes: number;
  readonly gigabytes: number;
  readonly snapshots: number;
}

export interface ClientOptions {
  /** By default a new project: clients share nothing. */
  readonly project?: string;
  readonly user?: string;
  /** Separated by commas. */
  readonly roles?: string;
  /** A token of an identity service. By default it is one of AUTH_STRATEGY=noauth, of the user and the roles. */
  readonly token?: string;
  /** The microversion, or "" to send none. */
  readonly microversion?: string;
  /** Aborts the requests of the client. */
  readonly signal?: AbortSignal;
  /** Whether a 5xx and a lost connection are responses. By default they are errors, so that no test overlooks one. */
  readonly tolerant?: boolean;
}

/** Sends requests of one user of one project. */
export class Client {
  readonly url: string;
  readonly project: string;
  readonly token: string;
  readonly #microversion: string;
  readonly #signal: AbortSignal | undefined;
  readonly #tolerant: boolean;

  /** @param url the URL of the service, without a path */
  constructor(url: string, options: ClientOptions = {}) {
    const { user = "alice", roles = "member", microversion = "3.70", tolerant = false } = options;
    this.url = url;
    this.project = options.project ?? crypto.randomUUID().replaceAll("-", "");
    this.token = options.token ?? `${user}:${this.project}:${roles}`;
    this.#microversion = microversion;
    this.#signal = options.signal;
    this.#tolerant = tolerant;
  }

  /**
   * Sends a request.
   *
   * @param path relative to the project's path, or to the URL of the service if it begins with a slash
   * @param body an object to send as JSON, or the text to send
   * @throws Error if the client is not tolerant, and there is no response or a 5xx
   */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ServiceResponse> {
    const started = performance.now();
    try {
      const response = await fetch(this.url + (path.startsWith("/") ? path : `/v3/${this.project}/${path}`), {
        method,
        redirect: "manual",
        headers: {
          "X-Auth-Token": this.token,
          ...(this.#microversion !== "" && { "OpenStack-API-Version": `volume ${this.#microversion}` }),
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
        ...(this.#signal !== undefined && { signal: this.#signal }),
      });
      const text = await response.text();
      const { status } = response;
      if (status >= 500 && !this.#tolerant) throw new Error(`${method} ${path}: ${status} ${text}`);
      return {
        status,
        headers: response.headers,
        body: parseBody(text),
        ms: performance.now() - started,
      };
    } catch (error) {
      if (!this.#tolerant || error instanceof SyntaxError) throw error;
      // The connection failed, or the signal was aborted.
      return { status: 0, headers: new Headers(), body: parseBody(""), ms: performance.now() - started };
    }
  }

  get = (path: string) => this.send("GET", path);
  delete = (path: string) => this.send("DELETE", path);

  /**
   * Creates a volume, of 1 GiB unless the properties say otherwise.
   *
   * @returns the id of the volume
   * @throws Error if the service refuses
   */
  async createVolume(properties: object = {}): Promise<string> {
    const { volume } = await this.#create("volumes", { volume: { size: 1, ...properties } });
    return volume.id;
  }

  /**
   * Creates a snapshot.
   *
   * @returns the id of the snapshot
   * @throws Error if the service refuses
   */
  async createSnapshot(volume_id: string, properties: object = {}): Promise<string> {
    const { snapshot } = await this.#create("snapshots", { snapshot: { volume_id, ...properties } });
    return snapshot.id;
  }

  /** Sends a request to create a transfer. */
  createTransfer = (volume_id: string, properties: object = {}) =>
    this.send("POST", "volume-transfers", { transfer: { volume_id, ...properties } });

  /**
   * Creates a volume, and a transfer of it.
   *
   * @param snapshots how many snapshots of the volume to create
   * @throws Error if the service refuses
   */
  async createVolumeAndTransfer(properties: object = {}, snapshots = 0): Promise<Transfer> {
    const volume_id = await this.createVolume();
    for (let i = 0; i < snapshots; i++) await this.createSnapshot(volume_id);
    const { transfer } = await this.#create("volume-transfers", { transfer: { volume_id, ...properties } });
    return transfer;
  }

  /** Sends a request to accept a transfer. */
  accept = ({ id, auth_key }: Pick<Transfer, "id" | "auth_key">, idempotencyKey?: string) =>
    this.send(
      "POST",
      `volume-transfers/${id}/accept`,
      { accept: { auth_key } },
      idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey },
    );

  /**
   * Returns what the project uses of its quota.
   *
   * @throws Error if the usage of the volume types does not add up to the usage over all types
   */
  async usage(): Promise<Usage> {
    const { quota_set } = (await this.get(`os-quota-sets/${this.project}?usage=True`)).body;
    const used = (name: string) => quota_set[name]?.in_use ?? Number.NaN;
    for (const name of ["volumes", "gigabytes", "snapshots"]) {
      if (used(name) !== used(`${name}___DEFAULT__`) + used(`${name}_LUKS`)) {
        throw new Error(`${name}: the types do not add up: ${JSON.stringify(quota_set)}`);
      }
    }
    return { volumes: used("volumes"), gigabytes: used("gigabytes"), snapshots: used("snapshots") };
  }

  async #create(path: string, body: object): Promise<Body> {
    const created = await this.send("POST", path, body);
    if (created.status === 202) return created.body;
    throw new Error(`POST ${path}: ${created.status} ${JSON.stringify(created.body)}`);
  }
}

/** Sends requests of an admin, of a project of its own. */
export class Admin extends Client {
  constructor(url: string) {
    super(url, { user: "root", roles: "admin" });
  }

  setQuota = (project: string, limits: Readonly<Record<string, number>>) =>
    this.send("PUT", `os-quota-sets/${project}`, { quota_set: limits });

  resetStatus = (kind: "volumes" | "snapshots", id: string, status: string) =>
    this.send("POST", `${kind}/${id}/action`, { "os-reset_status": { status } });
}

/** `Body` names the properties of every resource. Which ones a body has is for the tests to check. */
const parseBody = (text: string): Body => JSON.parse(text.startsWith("{") ? text : "{}") as Body;
