/** An answer of the service. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What the tests read of bodies. */
export interface Body {
  readonly volume: Volume;
  readonly volumes: Volume[];
  readonly snapshot: { readonly id: string; readonly status: string };
  readonly snapshots: { readonly id: string }[];
  readonly transfer: Offer;
  readonly transfers: Offer[];
  readonly transfers_links?: { readonly rel: string; readonly href: string }[];
  readonly quota_set: Record<
    string,
    { readonly limit: number; readonly in_use: number; readonly reserved: number }
  >;
  readonly badRequest?: { readonly code: number; readonly message: string };
}

interface Volume {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly user_id: string;
  readonly "os-vol-tenant-attr:tenant_id": string;
}

export interface Offer {
  readonly id: string;
  readonly volume_id: string;
  readonly name: string | null;
  readonly auth_key: string;
}

/** Requests of one user of one project, new for each client: tests share nothing. */
export class Client {
  readonly project = crypto.randomUUID().replaceAll("-", "");
  readonly #service: string;
  readonly #user: string;

  constructor(service: string, user = "alice:member") {
    this.#service = service;
    this.#user = user;
  }

  /** Sends a request under the project's path; a path that begins with a slash is sent as it is. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const [user, roles] = this.#user.split(":");
    const response = await fetch(
      this.#service + (path.startsWith("/") ? path : `/v3/${this.project}/${path}`),
      {
        method,
        redirect: "manual",
        headers: {
          "X-Auth-Token": `${user}:${this.project}:${roles}`,
          "OpenStack-API-Version": "volume 3.70",
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      },
    );
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith("{") ? JSON.parse(text) : {},
    };
  }

  get = (path: string) => this.send("GET", path);
  delete = (path: string) => this.send("DELETE", path);

  /** Makes a volume of so many GiB, and answers with its id. */
  async volume(size = 1, more: object = {}): Promise<string> {
    const { status, body } = await this.send("POST", "volumes", { volume: { size, ...more } });
    if (status !== 202) throw new Error(`volume: ${status} ${JSON.stringify(body)}`);
    return body.volume.id;
  }

  async snapshot(volume_id: string): Promise<string> {
    const { status, body } = await this.send("POST", "snapshots", { snapshot: { volume_id } });
    if (status !== 202) throw new Error(`snapshot: ${status} ${JSON.stringify(body)}`);
    return body.snapshot.id;
  }

  /** Offers a volume. */
  offer = (volume_id: string, more: object = {}) =>
    this.send("POST", "volume-transfers", { transfer: { volume_id, ...more } });

  accept = ({ id, auth_key }: Pick<Offer, "id" | "auth_key">) =>
    this.send("POST", `volume-transfers/${id}/accept`, { accept: { auth_key } });

  /** What the project uses of its quota: volumes, gigabytes, snapshots. */
  async usage(): Promise<{ volumes: number; gigabytes: number; snapshots: number }> {
    const { quota_set } = (await this.get(`os-quota-sets/${this.project}?usage=True`)).body;
    const used = (name: string) => quota_set[name]?.in_use ?? Number.NaN;
    for (const name of ["volumes", "gigabytes", "snapshots"]) {
      if (used(name) !== used(`${name}___DEFAULT__`) + used(`${name}_LUKS`)) {
        throw new Error(`${name}: the types do not add up: ${JSON.stringify(quota_set)}`);
      }
    }
    return { volumes: used("volumes"), gigabytes: used("gigabytes"), snapshots: used("snapshots") };
  }
}

/** An admin, of a project of its own. */
export class Admin extends Client {
  constructor(service: string) {
    super(service, "root:admin");
  }

  quota = (project: string, limits: Record<string, number>) =>
    this.send("PUT", `os-quota-sets/${project}`, { quota_set: limits });

  reset = (kind: "volumes" | "snapshots", id: string, status: string) =>
    this.send("POST", `${kind}/${id}/action`, { "os-reset_status": { status } });
}
