import { Ajv2020, type AnySchema, type ValidateFunction } from "ajv/dist/2020.js";

interface Document {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, DocumentedResponse> }>>;
}

interface DocumentedResponse {
  readonly headers?: Record<string, unknown>;
  readonly content?: { readonly "application/json": { readonly schema: AnySchema } };
}

/** What `/openapi.json` says, to check answers against. */
export class OpenApi {
  readonly #document: Document;
  readonly #validators = new Map<AnySchema, ValidateFunction>();
  readonly #ajv = new Ajv2020({ strict: false, formats: { uuid: /^[0-9a-f-]{36}$/, uri: /^https?:/ } });

  constructor(document: Document) {
    this.#document = document;
  }

  /** The document of a running service. */
  static async of(service: string): Promise<OpenApi> {
    return new OpenApi(await (await fetch(`${service}/openapi.json`)).json());
  }

  /**
   * Checks that the document has an answer: its status, its headers and the shape of its body.
   *
   * @param path the request's path, with or without a query; what is no path of the API is passed over
   * @throws Error saying what of the answer the document has not
   */
  check(method: string, path: string, answer: { status: number; headers: Headers; body: unknown }): void {
    const operation = this.#operation(path.replace(/[?#].*$/, ""));
    // What a browser asks before it sends a page's request is between the two of them.
    const preflight = method === "OPTIONS" && answer.status === 204;
    if (operation === undefined || preflight) return;
    const named = `${method} ${path}: ${answer.status}`;
    // A method that the path has not is answered as every method of it is.
    const { responses } = operation[method.toLowerCase()] ?? Object.values(operation)[0] ?? { responses: {} };
    const response = responses[answer.status];
    if (response === undefined) throw new Error(`${named} is not in the document`);
    const early = answer.status >= 400;
    for (const header of Object.keys(response.headers ?? {})) {
      if (!answer.headers.has(header) && !early) throw new Error(`${named} lacks the header ${header}`);
    }
    const schema = response.content?.["application/json"].schema;
    if (
      method === "HEAD" ||
      schema === undefined ||
      !answer.headers.get("content-type")?.startsWith("application/json")
    )
      return;
    const validate = this.#validator(schema);
    if (!validate(answer.body)) {
      throw new Error(`${named}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(answer.body)}`);
    }
  }

  #operation(path: string) {
    const withProject =
      /^\/v3\/(volume-transfers|os-volume-transfer|volumes|snapshots|types|limits|os-quota-sets)(\/|$)/.test(
        path,
      )
        ? path.replace("/v3/", "/v3/p/")
        : path;
    // `detail` and `default` are no ids: the longest match that has the fewest parameters.
    const [found] = Object.keys(this.#document.paths)
      .filter((template) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(withProject))
      .sort((a, b) => a.split("{").length - b.split("{").length);
    return found === undefined ? undefined : this.#document.paths[found];
  }

  #validator(schema: AnySchema): ValidateFunction {
    let validate = this.#validators.get(schema);
    if (validate === undefined) {
      validate = this.#ajv.compile(schema);
      this.#validators.set(schema, validate);
    }
    return validate;
  }
}
