import { once } from "node:events";
import { createServer } from "node:http";

/** A token as Keystone's validation shows it. */
interface Token {
  readonly user: string;
  readonly project?: string;
  readonly roles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Answers the one request that the service makes of Keystone, as Keystone 30 answers it: a token that asks for
 * itself. `test/keystone` runs the same against a real one.
 */
export class KeystoneStandIn {
  readonly tokens = new Map<string, Token>();
  /** How often it was asked. */
  asked = 0;
  /** How long it takes to answer, in milliseconds. */
  delay = 0;
  /** Whether it is in trouble: every answer is a 500. */
  broken = false;
  readonly #server = createServer(async (request, answer) => {
    this.asked++;
    const token = this.tokens.get(String(request.headers["x-subject-token"]));
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    const valid =
      request.url === "/v3/auth/tokens?nocatalog" &&
      request.headers["x-auth-token"] === request.headers["x-subject-token"] &&
      token !== undefined &&
      token.expiresAt > Date.now();
    answer.setHeader("Content-Type", "application/json");
    if (this.broken) {
      answer.writeHead(500).end("<html>");
    } else if (!valid) {
      answer.writeHead(401).end(JSON.stringify({ error: { code: 401, message: "", title: "Unauthorized" } }));
    } else {
      answer.end(
        JSON.stringify({
          token: {
            methods: ["password"],
            user: { id: token.user, name: token.user, domain: { id: "default", name: "Default" } },
            expires_at: new Date(token.expiresAt).toISOString().replace("Z", "000Z"),
            issued_at: new Date().toISOString(),
            ...(token.project !== undefined && {
              project: { id: token.project, name: token.project, domain: { id: "default", name: "Default" } },
              roles: token.roles.map((name) => ({ id: name, name })),
            }),
          },
        }),
      );
    }
  });

  async start(port = 0): Promise<string> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the stand-in has no port");
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** A new token. */
  issue(token: Partial<Token> & { readonly project?: string }): string {
    const name = `token-${crypto.randomUUID()}`;
    this.tokens.set(name, {
      user: "alice",
      roles: ["member", "reader"],
      expiresAt: Date.now() + 3_600_000,
      ...token,
    });
    return name;
  }
}
