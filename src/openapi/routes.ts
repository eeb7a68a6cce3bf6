import type { Context } from "hono";
import type { AppEnv } from "../http/context.ts";
import { resourceNotFound } from "../http/faults.ts";
import { allow } from "../http/resource.ts";
import { createRouter } from "../http/router.ts";
import { DOCUMENT, SWAGGER_UI } from "./assets.ts";

const TYPES: Readonly<Record<(typeof SWAGGER_UI)[number], string>> = {
  "swagger-ui.css": "text/css; charset=UTF-8",
  "swagger-ui-bundle.js": "text/javascript; charset=UTF-8",
};

const PAGE = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>volume-transfers</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script>
      window.onload = () => SwaggerUIBundle({ dom_id: "#swagger-ui", url: "/openapi.json" });
    </script>
  </body>
</html>
`;

/**
 * Responds with a file of the binding ASSETS.
 *
 * @throws Fault 404 if there is no such file
 */
async function asset(c: Context<AppEnv>, name: string, headers: Record<string, string>): Promise<Response> {
  const file = await c.get("config").assets?.fetch(`https://assets/${name}`);
  if (!file?.ok || file.body === null) throw resourceNotFound();
  return c.body(file.body, 200, headers);
}

/**
 * The document, which `src/cli/assets` makes, and a page that displays it without requests to other origins. Both need
 * no token.
 */
export const documentation = createRouter()
  .get("/openapi.json", (c) => asset(c, DOCUMENT, { "Content-Type": "application/json" }))
  .get("/docs", (c) => c.html(PAGE))
  .get("/docs/:asset", (c) => {
    const name = SWAGGER_UI.find((name) => name === c.req.param("asset"));
    if (name === undefined) throw resourceNotFound();
    return asset(c, name, { "Content-Type": TYPES[name], "Cache-Control": "public, max-age=86400" });
  })
  .all("/openapi.json", allow("GET"))
  .all("/docs", allow("GET"))
  .all("/docs/:asset", allow("GET"));
