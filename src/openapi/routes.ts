import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/context.ts";
import { resourceNotFound } from "../http/faults.ts";
import { endpoint } from "../http/links.ts";
import { setPageHeaders } from "../http/page_headers.ts";
import { listRegions, namesRegion } from "../http/region.ts";
import { createRouter } from "../http/router.ts";
import { DOCUMENT, INITIALIZER, SWAGGER_UI } from "./assets.ts";

const SCRIPT = "text/javascript; charset=UTF-8";
const TYPES: Readonly<Record<(typeof SWAGGER_UI)[number], string>> = {
  "swagger-ui.css": "text/css; charset=UTF-8",
  "swagger-ui-bundle.js": SCRIPT,
};

// The URLs are relative: a region has its page at /eu/docs. The script is a file, since the policy allows none inline.
const PAGE = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>volume-transfers</title>
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/${INITIALIZER}"></script>
  </body>
</html>
`;

/** Protects the page: it is on the origin of the cookies of `/handoff`. It calls the API, whose regions can have hosts of their own. */
const protectPage = createMiddleware<AppEnv>((c, next) => {
  const hosts = [...c.get("deployment").hosts.keys()].join(" ");
  setPageHeaders(c, [
    "script-src 'self'",
    // Swagger UI has styles in its elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${hosts}`.trim(),
  ]);
  return next();
});

/**
 * Returns the content of a file of the binding ASSETS.
 *
 * @throws Fault 404 if there is no such file
 */
async function fetchAsset(c: Context<AppEnv>, name: string): Promise<ReadableStream> {
  const file = await c.get("deployment").shared.assets?.fetch(`https://assets/${name}`);
  if (!file?.ok || file.body === null) throw resourceNotFound();
  return file.body;
}

/** Returns the `servers` of the document: the request's region, or else all regions. None without `REGIONS`. */
function servers(c: Context<AppEnv>): { readonly url: string; readonly description: string | undefined }[] {
  const regions = listRegions(c);
  return regions.length > 0 && namesRegion(c)
    ? [{ url: endpoint(c), description: c.get("config").region }]
    : regions.map(({ region, url }) => ({ url, description: region }));
}

/** Adds `servers` to the document, which is a JSON object, without parsing it. */
function addServers(
  document: ReadableStream<Uint8Array>,
  servers: readonly object[],
): ReadableStream<Uint8Array> {
  let begun = false;
  return document.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (!begun) controller.enqueue(new TextEncoder().encode(`{"servers":${JSON.stringify(servers)},`));
        // The brace at its beginning is written already.
        controller.enqueue(begun ? chunk : chunk.subarray(1));
        begun = true;
      },
    }),
  );
}

/**
 * The document, which `src/cli/assets` makes, and a page that displays it without requests to other origins. Both need
 * neither a token nor a region.
 */
export const documentation = createRouter()
  .use("/docs", protectPage)
  .use("/docs/*", protectPage)
  .get("/openapi.json", async (c) => {
    const document = await fetchAsset(c, DOCUMENT);
    const regions = servers(c);
    const body = regions.length === 0 ? document : addServers(document, regions);
    return c.body(body, 200, { "Content-Type": "application/json", "X-Content-Type-Options": "nosniff" });
  })
  .get("/docs", (c) => c.html(PAGE))
  // Not to be kept: it belongs to the document.
  .get(`/docs/${INITIALIZER}`, async (c) =>
    c.body(await fetchAsset(c, INITIALIZER), 200, { "Content-Type": SCRIPT }),
  )
  .get("/docs/:asset", async (c) => {
    const name = SWAGGER_UI.find((name) => name === c.req.param("asset"));
    if (name === undefined) throw resourceNotFound();
    return c.body(await fetchAsset(c, name), 200, {
      "Content-Type": TYPES[name],
      "Cache-Control": "public, max-age=86400",
    });
  });
