/** The property `auth.identity` of Keystone's API. */
type Identity = { readonly methods: readonly string[] } & Readonly<Record<string, unknown>>;

/** The domain of all users and projects, which `keystone-manage bootstrap` creates. */
const DOMAIN = { id: "default" };

/** A client of the Identity API, version 3. Its methods throw an Error if Keystone rejects the request. */
export class IdentityApi {
  readonly #url: string;

  /** @param url the URL with `/v3` */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Sends a request with a token.
   *
   * @param path the path after `/v3`
   * @returns the body of the response; undefined for a 204
   */
  async call(
    token: string,
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    body?: object,
  ): Promise<unknown> {
    const response = await this.#request(method, path, { "X-Auth-Token": token }, body);
    return response.status === 204 ? undefined : response.json();
  }

  /**
   * Issues a token for a password.
   *
   * @param project the name of its project; without one the token is unscoped
   */
  passwordToken(user: string, password: string, project?: string): Promise<string> {
    const identity = { methods: ["password"], password: { user: { name: user, password, domain: DOMAIN } } };
    const scope = project === undefined ? "unscoped" : { project: { name: project, domain: DOMAIN } };
    return this.#token(identity, scope);
  }

  /** Issues a token for the secret of an application credential, scoped to the credential's project. */
  applicationCredentialToken(id: string, secret: string): Promise<string> {
    return this.#token({ methods: ["application_credential"], application_credential: { id, secret } });
  }

  /** Revokes a token with itself. */
  async revoke(token: string): Promise<void> {
    await this.#request("DELETE", "/auth/tokens", { "X-Auth-Token": token, "X-Subject-Token": token });
  }

  async #token(identity: Identity, scope?: object | string): Promise<string> {
    const response = await this.#request("POST", "/auth/tokens", {}, { auth: { identity, scope } });
    const token = response.headers.get("X-Subject-Token");
    if (token === null) throw new Error("Keystone's response has no token");
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
