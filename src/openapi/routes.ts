import { swaggerUI } from "@hono/swagger-ui";
import { Hono } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../http/context.ts";
import { resourceNotFound } from "../http/faults.ts";
import { allow } from "../http/resource.ts";
import { openApiDocument } from "./document.ts";

/** The files of Swagger UI that are served, and their types. */
const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=UTF-8",
  "swagger-ui-bundle.js": "text/javascript; charset=UTF-8",
};

/** The document, and a page that displays it without requests to other origins. Both need no token. */
export const documentation = (api: Pick<Hono<AppEnv>, "routes">) => {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return new Hono<AppEnv>()
    .get("/openapi.json", (c) => {
      document ??= openApiDocument(api.routes);
      return c.json(document);
    })
    .get(
      "/docs",
      swaggerUI({
        title: "volume-transfers",
        url: "/openapi.json",
        manuallySwaggerUIHtml: () =>
          String(html`
          <link rel="stylesheet" href="/docs/swagger-ui.css" />
          <div id="swagger-ui"></div>
          <script src="/docs/swagger-ui-bundle.js"></script>
          <script>
            window.onload = () => SwaggerUIBundle({ dom_id: "#swagger-ui", url: "/openapi.json" });
          </script>`),
      }),
    )
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
