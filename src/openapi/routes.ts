import type { RouterRoute } from "hono/types";
import { resourceNotFound } from "../http/faults.ts";
import { allow } from "../http/resource.ts";
import { createRouter } from "../http/router.ts";
import { openApiDocument } from "./document.ts";

/** The files of Swagger UI that are served, and their types. */
const ASSETS: Readonly<Record<string, string>> = {
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

/** The document, and a page that displays it without requests to other origins. Both need no token. */
export const documentation = (
  api: { readonly routes: readonly RouterRoute[] },
  webhooks: Parameters<typeof openApiDocument>[1],
) => {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return createRouter()
    .get("/openapi.json", (c) => {
      document ??= openApiDocument(api.routes, webhooks);
      return c.json(document);
    })
    .get("/docs", (c) => c.html(PAGE))
    .get("/docs/:asset", async (c) => {
      const asset = c.req.param("asset");
      const type = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
      const found =
        type === undefined ? undefined : await c.get("config").assets?.fetch(`https://assets/${asset}`);
      if (type === undefined || !found?.ok || found.body === null) throw resourceNotFound();
      return c.body(found.body, 200, {
        "Content-Type": type,
        "Cache-Control": "public, max-age=86400",
      });
    })
    .all("/openapi.json", allow("GET"))
    .all("/docs", allow("GET"))
    .all("/docs/:asset", allow("GET"));
};
