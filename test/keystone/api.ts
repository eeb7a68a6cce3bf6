/** Who somebody says to be, as `auth.identity` of Keystone's API. */
type Identity = { readonly methods: readonly string[] } & Readonly<Record<string, unknown>>;

/** The domain that `keystone-manage bootstrap` makes, of all our users and projects. */
const DOMAIN = { id: "default" };

/** A client of Keystone's API, version 3. All its methods throw an Error if Keystone refuses. */
export class IdentityApi {
  readonly #url: string;

  /** @param url with the `/v3` */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Calls the API in somebody's name.
   *
   * @param path what follows `/v3`
   * @returns the answer's JSON; nothing if it has none
   */
  async call(token: string, method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<unknown> {
    const response = await this.#request(method, path, { "X-Auth-Token": token }, body);
    return response.status === 204 ? undefined : response.json();
  }

  /**
   * A new token for who knows a password.
   *
   * @param project the name of the project that it is for; without, it is unscoped
   */
  passwordToken(user: string, password: string, project?: string): Promise<string> {
    const identity = { methods: ["password"], password: { user: { name: user, password, domain: DOMAIN } } };
    const scope = project === undefined ? "unscoped" : { project: { name: project, domain: DOMAIN } };
    return this.#token(identity, scope);
  }

  /** A new token for who knows an application credential's secret. It is for the project of the credential. */
  applicationCredentialToken(id: string, secret: string): Promise<string> {
    return this.#token({ methods: ["application_credential"], application_credential: { id, secret } });
  }

  /** Revokes a token, in its own name. */
  async revoke(token: string): Promise<void> {
    await this.#request("DELETE", "/auth/tokens", { "X-Auth-Token": token, "X-Subject-Token": token });
  }

  async #token(identity: Identity, scope?: object | string): Promise<string> {
    const response = await this.#request("POST", "/auth/tokens", {}, { auth: { identity, scope } });
    const token = response.headers.get("X-Subject-Token");
    if (token === null) throw new Error("Keystone answered without a token");
    return token;
  }

  async #request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<Response> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { ...headers, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
}
