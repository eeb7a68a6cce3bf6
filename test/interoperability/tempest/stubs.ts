import { type HttpServer, startHttpServer } from "../../support/http_server.ts";

/**
 * The services that Tempest requires to set up its classes of tests, although the tests that run do not use them. Both
 * are empty.
 */
export const STUB_SERVICES = [
  { type: "image", name: "glance", path: "/image" },
  { type: "network", name: "neutron", path: "/network" },
] as const;

/** The lists that the stubs have, by path. Tempest reads the security groups of each project that it deletes. */
const LISTS: Readonly<Record<string, object>> = {
  "/image/v2/images": { images: [] },
  "/network/v2.0/security-groups": { security_groups: [] },
};

/**
 * Starts an HTTP server with an empty Glance and an empty Neutron. Anything but a list gets 404.
 *
 * @returns the server; each service is under its own path
 */
export const startStubs = (): Promise<HttpServer> =>
  startHttpServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const list = request.method === "GET" ? LISTS[path] : undefined;
    response.writeHead(list === undefined ? 404 : 200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(list ?? {}));
  });
