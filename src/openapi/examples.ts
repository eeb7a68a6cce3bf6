// The values that `/docs` fills in under "Try it out". The ids stand for those that the last responses had: the page replaces them.

/** The ids of the examples, by the member of a response that has the real one. */
const IDS = {
  volume: "00000000-0000-4000-8000-000000000001",
  snapshot: "00000000-0000-4000-8000-000000000002",
  transfer: "00000000-0000-4000-8000-000000000003",
} as const;
const AUTH_KEY = "0123456789abcdef";

/** Tells a newcomer how to use them. */
export const ABOUT_EXAMPLES = `
**Try it out:** press *Authorize* and enter a token. Without authentication, as after \`npm start\`, it is
\`user:project\`, such as \`alice:alpha\`; else it is a token of Keystone or a JWT. Create a volume, then a transfer of it.
Authorize as \`bob:beta\`, and accept the transfer with \`beta\` as the project. The ids and the key in the examples stand
for those of the last responses, and lists count, too.`;

/** The bodies of requests, by the id of the operation. */
export const BODIES: Readonly<Record<string, object>> = {
  createVolume: { volume: { name: "my-volume", size: 1 } },
  updateVolume: { volume: { name: "my-renamed-volume" } },
  createSnapshot: { snapshot: { volume_id: IDS.volume, name: "my-snapshot" } },
  updateSnapshot: { snapshot: { name: "my-renamed-snapshot" } },
  createTransfer: { transfer: { volume_id: IDS.volume, name: "my-transfer" } },
  createTransferOnOlderPath: { transfer: { volume_id: IDS.volume, name: "my-transfer" } },
  acceptTransfer: { accept: { auth_key: AUTH_KEY } },
  acceptTransferOnOlderPath: { accept: { auth_key: AUTH_KEY } },
  previewTransfer: { preview: { auth_key: AUTH_KEY } },
};

/** Returns the example of a parameter of a path; undefined if it has none. */
export function pathExample(path: string, name: string): string | undefined {
  if (name === "project_id") return "alpha";
  const [, resource] =
    /\/(volume|snapshot|transfer)s?\/:\w+/.exec(path.replace(/volume-transfers?/, "transfer")) ?? [];
  return name === "id" && isResource(resource) ? IDS[resource] : undefined;
}

const isResource = (name: string | undefined): name is keyof typeof IDS => name !== undefined && name in IDS;

/** The script of the page: starts Swagger UI, and replaces the ids of the examples in requests. */
export const INITIALIZER_SCRIPT = `const ids = ${JSON.stringify(IDS)};
const seen = new Map();
SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: "openapi.json",
  requestInterceptor(request) {
    for (const [example, value] of seen) {
      request.url = request.url.replaceAll(example, value);
      if (typeof request.body === "string") request.body = request.body.replaceAll(example, value);
    }
    return request;
  },
  responseInterceptor(response) {
    for (const [member, example] of Object.entries(ids)) {
      const found = response.obj?.[member] ?? response.obj?.[member + "s"]?.at(-1);
      if (found?.id) seen.set(example, found.id);
      if (found?.auth_key) seen.set("${AUTH_KEY}", found.auth_key);
    }
    return response;
  },
});
`;
