import { describe, expect, it } from "vitest";
import { app } from "../../../src/app.ts";
import { EVENT_SCHEMAS } from "../../../src/events/schemas.ts";
import { openApiDocument } from "../../../src/openapi/document.ts";
import { request } from "./service.ts";

describe("GET /openapi.json", () => {
  it("returns the document of the routes and of the schemas that validate their bodies", async () => {
    const response = await request("/openapi.json");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    // As JSON has it: without the members that are undefined.
    expect(await response.json()).toEqual(
      JSON.parse(JSON.stringify(openApiDocument(app.routes, EVENT_SCHEMAS))),
    );
  });
});

describe("GET /docs", () => {
  it.each(["/docs", "/docs/swagger-ui.css", "/docs/swagger-initializer.js"])(
    "protects the origin of the session's cookie: %s",
    async (path) => {
      const { headers } = await request(path);
      const policy = headers.get("Content-Security-Policy") ?? "";
      expect(policy.split("; ")).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'none'",
        ]),
      );
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("X-Frame-Options")).toBe("DENY");
    },
  );

  it("has no inline script, which its policy forbids", async () => {
    const page = await (await request("/docs")).text();
    expect(page.match(/<script(?! src=)/g)).toBeNull();
  });
});

describe("GET /docs/{file}", () => {
  it.each([
    ["swagger-initializer.js", "text/javascript; charset=UTF-8"],
    ["swagger-ui.css", "text/css; charset=UTF-8"],
    ["swagger-ui-bundle.js", "text/javascript; charset=UTF-8"],
  ])("returns %s", async (file, type) => {
    const response = await request(`/docs/${file}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect((await response.text()).length).toBeGreaterThan(50);
  });

  it.each(["openapi.json", "index.html", "toString"])("returns 404 for %s", async (file) => {
    expect((await request(`/docs/${file}`)).status).toBe(404);
  });
});
