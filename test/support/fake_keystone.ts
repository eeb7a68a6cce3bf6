import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { freePort } from "./free_port.ts";
import { type HttpServer, startHttpServer } from "./http_server.ts";
import { HOST } from "./restartable_server.ts";

/** A token that Keystone has issued. */
interface Token {
  readonly user: string;
  /** Without one, the token is unscoped. */
  readonly project?: string;
  readonly roles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The answer of Keystone to a request: `error` responds 500, and `hang` never responds. */
export type Behaviour = "respond" | "error" | "hang";

/** A response that Keystone gives to every request of a method. */
interface FixedResponse {
  readonly method: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const HOUR_MS = 3_600_000;

/**
 * Responds to the requests that the service sends to Keystone, as Keystone 30 does: a token validates itself and revokes
 * itself, and a password or a token gets a new token. `test/interoperability/keystone` runs the same tests with a real Keystone.
 */
export class FakeKeystone {
  readonly url: string;
  /** How many requests it has received. */
  requests = 0;
  /** The greatest number of requests that it has had at once. */
  peak = 0;
  /** The value in place of the time at which each token expires. */
  expiresAt: string | undefined;
  /** How long it takes for each password, milliseconds. */
  passwordMs = 0;
  /** Is called before a token is revoked. */
  onRevoke: (() => Promise<unknown>) | undefined;
  #fixed: FixedResponse | undefined;
  #active = 0;
  #behaviour: Behaviour = "respond";
  readonly #port: number;
  readonly #tokens = new Map<string, Token>();
  #server: HttpServer | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `http://${HOST}:${port}`;
  }

  static async start(): Promise<FakeKeystone> {
    const keystone = new FakeKeystone(await freePort());
    await keystone.start();
    return keystone;
  }

  /** Starts it again, with the same tokens. */
  async start(): Promise<void> {
    this.#server = await startHttpServer(
      (request, response) => void this.#respond(request, response),
      this.#port,
    );
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#fixed = undefined;
  }

  /** Makes it respond to each request of a method with a status, until `behave` is called. */
  answer(method: string, status: number, headers: FixedResponse["headers"] = {}): void {
    this.#fixed = { method, status, headers };
  }

  /** Returns whether a token is valid. */
  knows = (token: string): boolean => this.#tokens.has(token);

  /** The tokens that are valid. */
  get tokens(): string[] {
    return [...this.#tokens.keys()];
  }

  /** Issues a token, of a member for an hour unless the properties say otherwise. */
  issue(properties: Partial<Token>): string {
    const token = `token-${crypto.randomUUID()}`;
    const roles = ["member", "reader"];
    this.#tokens.set(token, { user: "alice", roles, expiresAt: Date.now() + HOUR_MS, ...properties });
    return token;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    if (this.#behaviour === "hang") return;
    this.peak = Math.max(this.peak, ++this.#active);
    response.on("close", () => this.#active--);
    response.setHeader("Content-Type", "application/json");
    const fixed = this.#fixed;
    if (this.#behaviour === "error") response.writeHead(500).end("<html>");
    else if (fixed !== undefined && fixed.method === request.method) {
      response.writeHead(fixed.status, fixed.headers).end("{}");
    } else await this.#serve(request, response);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = String(request.headers["x-auth-token"]);
    const token = this.#tokens.get(id);
    const valid = token !== undefined && token.expiresAt > Date.now();
    const itself = valid && request.headers["x-subject-token"] === id;
    const route = `${request.method} ${request.url}`;
    if (route === "GET /v3/auth/tokens?nocatalog" && itself) {
      response.end(this.#describe(token));
    } else if (route === "DELETE /v3/auth/tokens" && itself) {
      await this.onRevoke?.();
      this.#tokens.delete(id);
      response.writeHead(204).end();
    } else if (route === "GET /v3/auth/projects" && valid) {
      response.end(JSON.stringify({ projects: [] }));
    } else if (route === "POST /v3/auth/tokens?nocatalog") {
      await this.#signIn(request, response);
    } else {
      response.writeHead(401);
      response.end(JSON.stringify({ error: { code: 401, message: "", title: "Unauthorized" } }));
    }
  }

  /** Issues a token for a password, which is the user's name, or for another token. */
  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { auth } = signInSchema.parse(await json(request));
    const { password, token: parent } = auth.identity;
    await sleep(password === undefined ? 0 : this.passwordMs);
    const known = this.#tokens.get(parent?.id ?? "")?.user;
    const user = password === undefined ? known : knownUser(password.user);
    if (user === undefined) {
      response.writeHead(401).end("{}");
      return;
    }
    const project = typeof auth.scope === "object" ? { project: auth.scope.project.id } : {};
    const id = this.issue({ user, ...project });
    response.setHeader("X-Subject-Token", id);
    response.writeHead(201).end(this.#describe(this.#tokens.get(id)));
  }

  #describe = (token: Token | undefined): string =>
    JSON.stringify({
      token: token && {
        ...describeToken(token),
        ...(this.expiresAt !== undefined && { expires_at: this.expiresAt }),
      },
    });
}

const knownUser = ({ name, password }: { readonly name: string; readonly password: string }) =>
  password === name ? name : undefined;

const signInSchema = z.object({
  auth: z.object({
    identity: z.object({
      password: z.optional(z.object({ user: z.object({ name: z.string(), password: z.string() }) })),
      token: z.optional(z.object({ id: z.string() })),
    }),
    scope: z.union([z.literal("unscoped"), z.object({ project: z.object({ id: z.string() }) })]),
  }),
});

/** Returns a token as the Identity API shows it. */
function describeToken({ user, project, roles, expiresAt }: Token): object {
  const domain = { id: "default", name: "Default" };
  return {
    methods: ["password"],
    user: { id: user, name: user, domain },
    // Keystone writes six decimal places.
    expires_at: new Date(expiresAt).toISOString().replace("Z", "000Z"),
    issued_at: new Date().toISOString(),
    ...(project !== undefined && {
      project: { id: project, name: project, domain },
      roles: roles.map((name) => ({ id: name, name })),
    }),
  };
}
