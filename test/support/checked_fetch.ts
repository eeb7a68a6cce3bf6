import { OpenApi } from "./openapi.ts";

// Validates every response of the service against its OpenAPI document, so that a wrong document fails the test that
// reveals it.

const unchecked = globalThis.fetch;
const documents = new Map<string, Promise<OpenApi | undefined>>();
/** The documents by their text: most services have the same, whose schemas are compiled once. */
const parsed = new Map<string, OpenApi>();

/** Reads the OpenAPI document of a server; undefined for a server without one, such as Keystone. */
async function read(origin: string): Promise<OpenApi | undefined> {
  const response = await unchecked(`${origin}/openapi.json`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const text = await response.text();
  const document = parsed.get(text) ?? new OpenApi(JSON.parse(text));
  parsed.set(text, document);
  return document;
}

globalThis.fetch = async (input, init) => {
  const response = await unchecked(input, init);
  const { origin, pathname: whole } = new URL(input instanceof Request ? input.url : input);
  // The regions of tests. A path without a region is not in the document of a service that has regions.
  const [, region, pathname = whole] = /^\/(eu|us)(\/.*)$/.exec(whole) ?? [];
  if (pathname !== "/" && !pathname.startsWith("/v3/")) return response;
  let document = documents.get(origin);
  if (document === undefined) {
    document = read(origin);
    documents.set(origin, document);
  }
  const text = await response.clone().text();
  const { status, headers } = response;
  const json = text !== "" && headers.get("content-type")?.startsWith("application/json");
  const body: unknown = json ? JSON.parse(text) : text;
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  const checked = await document;
  if (checked?.hasRegions === (region !== undefined))
    checked.check(method, pathname, { status, headers, body });
  return response;
};
