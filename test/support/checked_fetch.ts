import { OpenApi } from "./openapi.ts";

// Every answer that a test gets from the service is checked against what the service says of itself at
// `/openapi.json`: a document that is wrong fails the test that shows it.

const unchecked = globalThis.fetch;
const documents = new Map<string, Promise<OpenApi | undefined>>();

/** The document of a service, or undefined where there is none: Keystone, for one, has none. */
async function read(origin: string): Promise<OpenApi | undefined> {
  const response = await unchecked(`${origin}/openapi.json`).catch(() => undefined);
  return response?.ok ? new OpenApi(await response.json()) : undefined;
}

globalThis.fetch = async (input, init) => {
  const response = await unchecked(input, init);
  const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
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
  (await document)?.check(method, pathname, { status, headers, body });
  return response;
};
