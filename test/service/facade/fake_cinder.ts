import { text } from "node:stream/consumers";
import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { Client } from "../../support/client.ts";
import type { HttpServer } from "../../support/http_server.ts";
import { type LibsqlService, startLibsqlService } from "../../support/service.ts";
import { startTokenKeystone } from "../../support/token_keystone.ts";
import { Upstream } from "./upstream.ts";

/** A response of the fake Cinder. */
export interface Reply {
  readonly status: number;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request to the fake Cinder. */
export interface Asked {
  /** Such as `POST accept` or `GET volumes`. */
  readonly what: string;
  /** Of a resource. */
  readonly id: string;
  readonly token: string;
  /** Carries the request out. A test can delay this, drop it, or answer something else. */
  readonly perform: () => Reply;
}

interface FakeTransfer {
  readonly id: string;
  readonly volume_id: string;
  readonly name: string;
  readonly auth_key: string;
  readonly created_at: string;
}

const notFound = (what: string): Reply => ({
  status: 404,
  body: { itemNotFound: { code: 404, message: `${what} could not be found.` } },
});
const badRequest = (message: string): Reply => ({
  status: 400,
  body: { badRequest: { code: 400, message } },
});

const PERFORM = ({ perform }: Asked): Reply => perform();

/** A Cinder of a few lines, of whose answers a test decides. Its tokens say who has them, as those of `Cloud`. */
export class FakeCinder {
  readonly url: string;
  /** The owners of the volumes. */
  readonly owners = new Map<string, string>();
  readonly transfers = new Map<string, FakeTransfer>();
  /** Whether the role `admin` shows the resources of all projects. */
  hasAdmins = true;
  /** Answers a request; undefined breaks the connection. By default it carries the request out. */
  onRequest: (asked: Asked) => Reply | undefined | Promise<Reply | undefined> = PERFORM;
  readonly stop: () => Promise<void>;

  private constructor(upstream: Upstream) {
    this.url = upstream.url;
    this.stop = upstream.stop;
    upstream.behaviour = async (request, response) => {
      const { method = "", url = "", headers } = request;
      const body = await text(request);
      const [, , project = "", resource = "", id = "", action = ""] = url.split("?", 1)[0]?.split("/") ?? [];
      const token = String(headers["x-auth-token"]);
      const isAdmin = this.hasAdmins && token.split(":")[2] === "admin";
      const perform = () =>
        this.#perform(method, resource, id, action, project, isAdmin, body === "" ? {} : JSON.parse(body));
      const reply = await this.onRequest({ what: `${method} ${action || resource}`, id, token, perform });
      if (reply === undefined) return void response.destroy();
      const isText = typeof reply.body === "string";
      response.writeHead(reply.status, {
        "Content-Type": isText ? "text/html" : "application/json",
        ...reply.headers,
      });
      response.end(isText ? reply.body : reply.body && JSON.stringify(reply.body));
    };
  }

  /** Carries every request out from now on. */
  obey(): void {
    this.onRequest = PERFORM;
  }

  static start = async (): Promise<FakeCinder> => new FakeCinder(await Upstream.start());

  /** Makes a volume of a project. */
  createVolume(project: string): string {
    const id = crypto.randomUUID();
    this.owners.set(id, project);
    return id;
  }

  #perform(
    method: string,
    resource: string,
    id: string,
    action: string,
    project: string,
    isAdmin: boolean,
    body: { transfer?: { volume_id: string; name?: string }; accept?: { auth_key: string } },
  ): Reply {
    if (resource === "volumes") return this.#showVolume(id, project, isAdmin);
    if (resource === "snapshots") return { status: 200, body: { snapshots: [] } };
    if (resource !== "volume-transfers") return notFound("The resource");
    const sees = ({ volume_id }: FakeTransfer) => isAdmin || this.owners.get(volume_id) === project;
    const shown = ({ auth_key: _key, ...transfer }: FakeTransfer) => transfer;
    const all = [...this.transfers.values()];
    if (method === "POST" && id === "") return this.#create(body.transfer?.volume_id ?? "", project);
    if (id === "" || id === "detail")
      return { status: 200, body: { transfers: all.filter(sees).map(shown) } };
    const transfer = this.transfers.get(id);
    if (transfer === undefined) return notFound(`Transfer ${id}`);
    if (action === "accept") {
      if (transfer.auth_key !== body.accept?.auth_key) return badRequest("Invalid auth key");
      if (!this.owners.has(transfer.volume_id)) return notFound(`Volume ${transfer.volume_id}`);
      this.owners.set(transfer.volume_id, project);
      this.transfers.delete(id);
      return { status: 202, body: { transfer: { id, volume_id: transfer.volume_id, name: transfer.name } } };
    }
    if (!sees(transfer)) return notFound(`Transfer ${id}`);
    if (method === "DELETE") {
      this.transfers.delete(id);
      return { status: 202 };
    }
    return { status: 200, body: { transfer: shown(transfer) } };
  }

  #showVolume(id: string, project: string, isAdmin: boolean): Reply {
    const owner = this.owners.get(id);
    if (owner === undefined || !(isAdmin || owner === project)) return notFound(`Volume ${id}`);
    const volume = { id, name: "web", description: null, size: 1, volume_type: "fast", encrypted: false };
    return { status: 200, body: { volume: { ...volume, "os-vol-tenant-attr:tenant_id": owner } } };
  }

  #create(volume_id: string, project: string): Reply {
    if (this.owners.get(volume_id) !== project) return notFound(`Volume ${volume_id}`);
    const isOffered = [...this.transfers.values()].some((transfer) => transfer.volume_id === volume_id);
    if (isOffered) return badRequest("Invalid volume: status must be available");
    const transfer = {
      id: crypto.randomUUID(),
      volume_id,
      source_project_id: project,
      destination_project_id: null,
      accepted: false,
      no_snapshots: false,
      name: "",
      auth_key: crypto.randomUUID(),
      created_at: new Date().toISOString().replace("Z", "000"),
    };
    this.transfers.set(transfer.id, transfer);
    return { status: 202, body: { transfer } };
  }
}

/** The service on an embedded database, in front of a fake Cinder. */
export class FakeCloud {
  readonly cinder: FakeCinder;
  readonly service: LibsqlService;
  readonly #keystone: HttpServer;

  private constructor(cinder: FakeCinder, service: LibsqlService, keystone: HttpServer) {
    this.cinder = cinder;
    this.service = service;
    this.#keystone = keystone;
  }

  static async start(variables: Readonly<Record<string, string>> = {}): Promise<FakeCloud> {
    const [cinder, keystone] = await Promise.all([FakeCinder.start(), startTokenKeystone()]);
    const service = await startLibsqlService({
      AUTH_STRATEGY: "keystone",
      AUTH_KEY_SECRET: generateAuthKeySecret(),
      KEYSTONE_URL: keystone.url,
      CINDER_URL: cinder.url,
      ...variables,
    });
    return new FakeCloud(cinder, service, keystone);
  }

  /** Makes the client of a new project. */
  client = (roles = "member"): Client => new Client(this.service.url, { tolerant: true, roles });

  /** Makes a client of a new project, and a transfer of a volume of it. */
  async offer() {
    const donor = this.client();
    const volume_id = this.cinder.createVolume(donor.project);
    const { status, body } = await donor.createTransfer(volume_id);
    if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
    return { donor, volume_id, transfer: body.transfer };
  }

  stop = async (): Promise<void> => {
    await this.service?.stop();
    await Promise.all([this.cinder.stop(), this.#keystone.stop()]);
  };
}
