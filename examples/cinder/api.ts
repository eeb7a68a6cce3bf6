import type { Tokens } from "./tokens.ts";

/** The microversion of Cinder that allows the transfer of encrypted volumes: Cinder 21 (Zed) has it. */
const MICROVERSION = "3.70";
const TIMEOUT_MS = 60_000;

/** A response that is no success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(request: string, status: number, body: string) {
    super(`${request}: ${status} ${body.slice(0, 300)}`);
    this.status = status;
  }
}

/** Sends requests to the Block Storage API: of Cinder, or of the service. */
export class BlockStorage {
  readonly #url: string;
  readonly #tokens: Tokens;

  /** @param url without `/v3` */
  constructor(url: string, tokens: Tokens) {
    this.#url = url.replace(/\/+$/, "");
    this.#tokens = tokens;
  }

  /**
   * Sends a request as a member of a project.
   *
   * @throws ApiError if the response is no success
   * @throws Error if there is no response
   */
  async send(project: string, method: string, path: string, body?: object): Promise<unknown> {
    const url = `${this.#url}/v3/${encodeURIComponent(project)}/${path}`;
    const response = await fetch(url, {
      method,
      headers: {
        "X-Auth-Token": await this.#tokens(project),
        "OpenStack-API-Version": `volume ${MICROVERSION}`,
        "Content-Type": "application/json",
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new ApiError(`${method} ${url}`, response.status, text);
    return text === "" ? undefined : JSON.parse(text);
  }
}
