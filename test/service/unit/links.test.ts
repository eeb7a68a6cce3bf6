import { env } from "cloudflare:test";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { cutPage } from "../../../src/db/statements/page_size.ts";
import type { AppEnv } from "../../../src/http/context.ts";
import { nextLinks, resourceLinks, timestamp } from "../../../src/http/links.ts";
import { selectRegion } from "../../../src/http/region.ts";
import { request } from "./service.ts";

const ID = "aaaaaaaa-1111-4222-8333-444444444444";
const PUBLIC = "https://cloud.example/volume";

/** Returns the links of a volume, and of a page of two items of which the last has the id above. */
function links(variables: { PUBLIC_ENDPOINT?: string } = {}) {
  const app = new Hono<AppEnv>().use(selectRegion);
  for (const path of ["/v3/volumes", "/v3/:project_id/volumes"]) {
    app.get(path, (c) => {
      const items = c.req.query("empty") === undefined ? [{ id: "first" }, { id: ID }] : [];
      return c.json({
        own: resourceLinks(c, "volumes")(ID),
        next: nextLinks(c, cutPage(items, Number(c.req.query("limit")))),
      });
    });
  }
  return async (path: string) => {
    const response = await app.request(`http://worker.test${path}`, {}, { ...env, ...variables });
    return response.json<{ own: { rel: string; href: string }[]; next: { rel: string; href: string }[] }>();
  };
}

describe("a time", () => {
  it.each([
    [0, "1970-01-01T00:00:00.000000"],
    [1, "1970-01-01T00:00:00.001000"],
    [Date.UTC(2026, 10, 23, 15, 19, 7), "2026-11-23T15:19:07.000000"],
    [Date.UTC(2026, 10, 23, 15, 19, 7, 89), "2026-11-23T15:19:07.089000"],
    [Date.UTC(2026, 0, 1, 0, 0, 0, 999), "2026-01-01T00:00:00.999000"],
  ])("%i is formatted in UTC with microseconds and without a time zone: %s", (time, text) => {
    expect(timestamp(time)).toBe(text);
  });

  it("that is null stays null", () => {
    expect(timestamp(null)).toBeNull();
  });
});

describe("the links of a resource", () => {
  it("contain the project id if the request's path does", async () => {
    expect((await links()("/v3/alpha/volumes?limit=9")).own).toEqual([
      { rel: "self", href: `http://worker.test/v3/alpha/volumes/${ID}` },
      { rel: "bookmark", href: `http://worker.test/alpha/volumes/${ID}` },
    ]);
  });

  it("contain no project id if the request's path does not", async () => {
    expect((await links()("/v3/volumes?limit=9")).own).toEqual([
      { rel: "self", href: `http://worker.test/v3/volumes/${ID}` },
      { rel: "bookmark", href: `http://worker.test/volumes/${ID}` },
    ]);
  });

  it.each([PUBLIC, `${PUBLIC}/`])("begin with PUBLIC_ENDPOINT if it is set: %s", async (PUBLIC_ENDPOINT) => {
    expect((await links({ PUBLIC_ENDPOINT })("/v3/alpha/volumes?limit=9")).own).toEqual([
      { rel: "self", href: `${PUBLIC}/v3/alpha/volumes/${ID}` },
      { rel: "bookmark", href: `${PUBLIC}/alpha/volumes/${ID}` },
    ]);
  });
});

describe("the link to the next page", () => {
  it("exists if the page is full, and has the last item as the marker", async () => {
    expect((await links()("/v3/alpha/volumes?limit=2&sort=id&offset=4&marker=m")).next).toEqual([
      { rel: "next", href: `http://worker.test/v3/alpha/volumes?limit=2&sort=id&marker=${ID}` },
    ]);
  });

  it("begins with PUBLIC_ENDPOINT if it is set", async () => {
    expect((await links({ PUBLIC_ENDPOINT: PUBLIC })("/v3/volumes?limit=2")).next).toEqual([
      { rel: "next", href: `${PUBLIC}/v3/volumes?limit=2&marker=${ID}` },
    ]);
  });

  it.each(["limit=3", "limit=2&empty", "limit=0&empty"])(
    "does not exist if the page is not full: %s",
    async (query) => {
      expect((await links()(`/v3/volumes?${query}`)).next).toEqual([]);
    },
  );
});

describe("the URL of the API", () => {
  const self = async (variables: Record<string, unknown>) => {
    const response = await request("https://worker.test:8776/", {}, { ...env, ...variables });
    const { versions } = await response.json<{ versions: { links: { rel: string; href: string }[] }[] }>();
    return versions[0]?.links.find(({ rel }) => rel === "self")?.href;
  };

  it("is the URL of the request", async () => {
    expect(await self({})).toBe("https://worker.test:8776/v3/");
  });

  it("is PUBLIC_ENDPOINT if it is set", async () => {
    expect(await self({ PUBLIC_ENDPOINT: PUBLIC })).toBe(`${PUBLIC}/v3/`);
  });

  it("is the target of the redirect from /v3", async () => {
    const response = await request("/v3", {}, { ...env, PUBLIC_ENDPOINT: PUBLIC });
    expect([response.status, response.headers.get("Location")]).toEqual([302, `${PUBLIC}/v3/`]);
  });
});
