import type { Context } from "hono";
import type { AppEnv } from "../http/context.ts";
import { resourceNotFound } from "../http/faults.ts";
import { endpoint } from "../http/links.ts";
import { listRegions, namesRegion } from "../http/region.ts";
import { createRouter } from "../http/router.ts";
import { DOCUMENT, SWAGGER_UI } from "./assets.ts";

const TYPES: Readonly<Record<(typeof SWAGGER_UI)[number], string>> = {
  "swagger-ui.css": "text/css; charset=UTF-8",
  "swagger-ui-bundle.js": "text/javascript; charset=UTF-8",
};

// The URLs are relative: a region has its page at /eu/docs.
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
    <script>
      window.onload = () => SwaggerUIBundle({ dom_id: "#swagger-ui", url: "openapi.json" });
    </script>
  </body>
</html>
`;

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

/**
 * The document, which `src/cli/assets` makes, and a page that displays it without requests to other origins. Both need
 * neither a token nor a region.
 */
export const documentation = createRouter()
  .get("/openapi.json", async (c) => {
    const document = await fetchAsset(c, DOCUMENT);
    const regions = servers(c);
    if (regions.length === 0) return c.body(document, 200, { "Content-Type": "application/json" });
    return c.json({ ...(await new Response(document).json<object>()), servers: regions });
  })
  .get("/docs", (c) => c.html(PAGE))
  .get("/docs/:asset", async (c) => {
    const name = SWAGGER_UI.find((name) => name === c.req.param("asset"));
    if (name === undefined) throw resourceNotFound();
    return c.body(await fetchAsset(c, name), 200, {
      "Content-Type": TYPES[name],
      "Cache-Control": "public, max-age=86400",
    });
  });
