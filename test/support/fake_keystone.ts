import type { IncomingMessage, ServerResponse } from "node:http";
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

/** What Keystone does with a request: `error` responds 500, and `hang` never responds. */
export type Behaviour = "respond" | "error" | "hang";

const HOUR_MS = 3_600_000;

/**
 * Responds to the one request that the service sends to Keystone, as Keystone 30 does: a token that validates itself.
 * `test/interoperability/keystone` runs the same tests with a real Keystone.
 */
export class FakeKeystone {
  readonly url: string;
  /** How many requests it has received. */
  requests = 0;
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
    this.#server = await startHttpServer((request, response) => this.#respond(request, response), this.#port);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  /** Issues a token, of a member for an hour unless the properties say otherwise. */
  issue(properties: Partial<Token>): string {
    const token = `token-${crypto.randomUUID()}`;
    const roles = ["member", "reader"];
    this.#tokens.set(token, { user: "alice", roles, expiresAt: Date.now() + HOUR_MS, ...properties });
    return token;
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    if (this.#behaviour === "hang") return;
    response.setHeader("Content-Type", "application/json");
    const token = this.#tokens.get(String(request.headers["x-subject-token"]));
    const valid =
      request.url === "/v3/auth/tokens?nocatalog" &&
      request.headers["x-auth-token"] === request.headers["x-subject-token"] &&
      token !== undefined &&
      token.expiresAt > Date.now();
    if (this.#behaviour === "error") response.writeHead(500).end("<html>");
    else if (valid) response.end(JSON.stringify({ token: describeToken(token) }));
    else {
      response.writeHead(401);
      response.end(JSON.stringify({ error: { code: 401, message: "", title: "Unauthorized" } }));
    }
  }
}

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
