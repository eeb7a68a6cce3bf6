import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

/** Seconds until Cinder must have done what it was asked. */
const SECONDS = 120;

const created = z.record(z.string(), z.looseObject({ id: z.string() }));
const shown = z.record(z.string(), z.looseObject({ status: z.string() }));

/** Sends requests to the API of a Cinder, or of the service. */
export class BlockStorage {
  readonly url: string;
  readonly project: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param url without a path */
  constructor(url: string, project: string, roles: string, microversion: string) {
    this.url = url;
    this.project = project;
    this.#headers = {
      "X-Auth-Token": `tester:${project}:${roles}`,
      "OpenStack-API-Version": `volume ${microversion}`,
      "Content-Type": "application/json",
    };
  }

  /** @throws Error if the response is no success */
  async send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${this.project}/${path}`, {
      method,
      headers: this.#headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  get = (path: string) => this.send("GET", path);
  act = (path: string, action: object) => this.send("POST", `${path}/action`, action);

  /** Creates a resource, and returns its id. */
  async create(collection: string, resource: object): Promise<string> {
    const answer = created.parse(await this.send("POST", collection, resource));
    return Object.values(answer)[0]?.id ?? "";
  }

  /** Waits until a volume or snapshot has a status. */
  async until(path: string, status: string): Promise<void> {
    const deadline = Date.now() + SECONDS * 1000;
    for (;;) {
      const [resource] = Object.values(shown.parse(await this.get(path)));
      if (resource?.status === status) return;
      if (Date.now() > deadline) throw new Error(`${path} is ${resource?.status}, not ${status}`);
      await sleep(200);
    }
  }
}
