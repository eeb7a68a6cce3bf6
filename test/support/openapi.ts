import { Ajv2020, type AnySchema, type ValidateFunction } from "ajv/dist/2020.js";

interface Document {
  /** The URLs of the regions. */
  readonly servers?: readonly unknown[];
  readonly paths: Record<string, Operations>;
}

/** The operations of a path, by their method. */
type Operations = Record<string, { readonly responses: Record<string, DocumentedResponse> }>;

interface DocumentedResponse {
  readonly headers?: Record<string, unknown>;
  readonly content?: { readonly "application/json": { readonly schema: AnySchema } };
}

/** An OpenAPI document, to validate responses against. */
export class OpenApi {
  readonly #document: Document;
  /** The paths with their patterns. `detail` and `default` are not ids: those with the fewest parameters are first. */
  readonly #paths: readonly (readonly [RegExp, Operations])[];
  /** By the text of their schemas: most operations share those of their responses. */
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #ajv = new Ajv2020({ strict: false, formats: { uuid: /^[0-9a-f-]{36}$/, uri: /^https?:/ } });

  constructor(document: Document) {
    this.#document = document;
    this.#paths = Object.entries(document.paths)
      .sort(([a], [b]) => a.split("{").length - b.split("{").length)
      .map(([template, operations]) => [
        new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`),
        operations,
      ]);
  }

  /** Whether paths are relative to one of several regions. */
  get hasRegions(): boolean {
    return this.#document.servers !== undefined;
  }

  /** Reads the document of a running service. */
  static async of(service: string): Promise<OpenApi> {
    return new OpenApi(await (await fetch(`${service}/openapi.json`)).json());
  }

  /**
   * Validates a response: its status, its headers and its body.
   *
   * @param path the request's path, with or without a query. Paths outside the API are ignored.
   * @throws Error that names what the document does not have
   */
  check(method: string, path: string, response: { status: number; headers: Headers; body: unknown }): void {
    const plain = path
      .replace(/[?#].*$/, "")
      .replaceAll(/\/{2,}/g, "/")
      .replace(/(?<=[^/])\.json$/, "");
    const operation = this.#operation(plain);
    // CORS preflight requests are not in the document.
    const preflight = method === "OPTIONS" && response.status === 204;
    if (operation === undefined || preflight) return;
    const named = `${method} ${path}: ${response.status}`;
    // The response to a method that the path does not have is the same for every path.
    const { responses } = operation[method.toLowerCase()] ?? Object.values(operation)[0] ?? { responses: {} };
    const documented = responses[response.status];
    if (documented === undefined) throw new Error(`${named} is not in the document`);
    const early = response.status >= 400;
    for (const header of Object.keys(documented.headers ?? {})) {
      if (!response.headers.has(header) && !early) throw new Error(`${named} lacks the header ${header}`);
    }
    const schema = documented.content?.["application/json"].schema;
    if (
      method === "HEAD" ||
      schema === undefined ||
      !response.headers.get("content-type")?.startsWith("application/json")
    )
      return;
    const validate = this.#validator(schema);
    if (!validate(response.body)) {
      throw new Error(
        `${named}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(response.body)}`,
      );
    }
  }

  #operation(path: string): Operations | undefined {
    const withProject =
      /^\/v3\/(events|volume-transfers|os-volume-transfer|volumes|snapshots|types|limits|os-quota-sets)(\/|$)/.test(
        path,
      )
        ? path.replace("/v3/", "/v3/p/")
        : path;
    return this.#paths.find(([pattern]) => pattern.test(withProject))?.[1];
  }

  #validator(schema: AnySchema): ValidateFunction {
    const text = JSON.stringify(schema);
    const validate = this.#validators.get(text) ?? this.#ajv.compile(schema);
    this.#validators.set(text, validate);
    return validate;
  }
}
