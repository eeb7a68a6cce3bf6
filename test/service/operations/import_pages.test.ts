import type { RequestListener } from "node:http";
import { createClient } from "@libsql/client/http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Shown, shownSnapshot, shownVolume } from "../../support/cinder_answers.ts";
import { runCommand } from "../../support/command.ts";
import { type HttpServer, startHttpServer } from "../../support/http_server.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";

const PROJECT = "d".repeat(32);
const TYPE = {
  id: String(shownVolume(1).volume_type_id),
  name: "__DEFAULT__",
  is_public: true,
  extra_specs: {},
};

const DATA: Readonly<Record<string, readonly Shown[]>> = {
  volumes: Array.from({ length: 2300 }, (_, n) => shownVolume(n)),
  snapshots: Array.from({ length: 1000 }, (_, n) => shownSnapshot(n)),
};

describe("npm run import -- --from URL", () => {
  let database: LibsqlServer;
  let cinder: HttpServer;
  /** Whether the response links to the next page. */
  let linked = true;
  let rejectMarkers = false;
  /** Responds instead of Cinder. */
  let fault: RequestListener | undefined;
  const requests: string[] = [];

  const respond: RequestListener = (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://cinder.internal");
    requests.push(`${pathname} ${request.headers["openstack-api-version"] ?? ""}`);
    if (fault !== undefined) return fault(request, response);
    return respondAsCinder(request, response);
  };
  const respondAsCinder: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://cinder.internal");
    const send = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (request.headers["x-auth-token"] !== "token") return send(401, {});
    if (pathname === "/v3/") {
      return send(200, { versions: [{ id: "v3.0", version: "3.65", min_version: "3.0" }] });
    }
    const [, collection = ""] = new RegExp(`^/v3/${PROJECT}/([^/]+)`).exec(pathname) ?? [];
    if (collection === "types") {
      if (pathname.endsWith("types")) return send(200, { volume_types: [TYPE] });
      return pathname.endsWith("encryption") ? send(200, {}) : send(403, {});
    }
    if (rejectMarkers && searchParams.has("marker")) return send(400, { badRequest: {} });
    const all = DATA[collection] ?? [];
    const limit = Math.min(Number(searchParams.get("limit")), 1000);
    const start = all.findIndex(({ id }) => id === searchParams.get("marker")) + 1;
    const page = all.slice(start, start + limit);
    searchParams.set("marker", page.at(-1)?.id ?? "");
    const next = { rel: "next", href: `http://cinder.internal${pathname}?${searchParams}` };
    send(200, {
      [collection]: page,
      ...(linked && page.length === limit && { [`${collection}_links`]: [next] }),
    });
  };
  const run = (env: Readonly<Record<string, string>> = {}) =>
    runCommand("import", ["--from", cinder.url], {
      LIBSQL_URL: database.url,
      OS_TOKEN: "token",
      OS_PROJECT_ID: PROJECT,
      ...env,
    });
  const count = async (table: string) =>
    (await createClient({ url: database.url }).execute(`select count(*) as n from ${table}`)).rows[0]?.n;
  beforeAll(async () => {
    [database, cinder] = await Promise.all([startLibsql(), startHttpServer(respond)]);
  });
  afterAll(async () => {
    await cinder?.stop();
    await database?.stop();
  });
  beforeEach(() => {
    linked = true;
    rejectMarkers = false;
    fault = undefined;
    requests.length = 0;
  });

  it("imports nothing if Cinder fails after some pages", async () => {
    rejectMarkers = true;
    const { code, output } = await run();
    expect(output).toContain("Cinder responded with 400");
    expect(code).toBe(1);
    expect(await count("volumes")).toBe(0);
  });

  describe("imports nothing with a token that is not an admin's", () => {
    const answer =
      (matches: RegExp, status: number, body: object): RequestListener =>
      (request, response) =>
        matches.test(request.url ?? "")
          ? void response.writeHead(status).end(JSON.stringify(body))
          : respondAsCinder(request, response);
    const ownVolume = Object.fromEntries(
      Object.entries(shownVolume(1)).filter(([name]) => !/^os-vol-(host|mig|tenant)/.test(name)),
    );
    it.each<[string, RequestListener, string]>([
      ["may not see the encryption of types", answer(/encryption$/, 403, {}), "the token is not an admin's"],
      [
        "may not see the access list of a private type",
        answer(/types\?/, 200, { volume_types: [{ ...TYPE, is_public: false }] }),
        "the token is not an admin's",
      ],
      ["may not list types", answer(/types\?/, 403, {}), "the token is not an admin's"],
      [
        "sees its own volumes",
        answer(/volumes/, 200, { volumes: [ownVolume] }),
        "the token is not an admin's",
      ],
      [
        "gets something else than the encryption of a type",
        answer(/encryption$/, 200, { encryption_id: "x" }),
        "encryption: the response is not one of Cinder",
      ],
    ])("because it %s", async (_, listener, message) => {
      fault = listener;
      const { code, output } = await run();
      expect(output).toContain(message);
      expect(code).toBe(1);
      expect([await count("volumes"), await count("volume_types")]).toEqual([0, 2]);
    });
  });

  it("follows the links to the next page, whose host only Cinder may know", async () => {
    const { code, output } = await run();
    expect(output).toContain("2300 volumes and 1000 snapshots are in");
    expect(code).toBe(0);
    expect([await count("volumes"), await count("snapshots")]).toEqual([2300, 1000]);
    // The newest microversion that both know.
    expect(requests).toContain(`/v3/${PROJECT}/volumes/detail volume 3.65`);
  });

  it("follows the markers of full pages without links", async () => {
    linked = false;
    expect((await run()).output).toContain("volumes: 0 created, 0 updated, 2300 unchanged");
  });

  it("repeats a request that Cinder could not serve", async () => {
    let failures = 1;
    fault = (request, response) => {
      if (failures-- > 0) return response.writeHead(503).end();
      fault = undefined;
      return respond(request, response);
    };
    expect(await run()).toMatchObject({ code: 0 });
  });

  it("says what to do if the token is rejected", async () => {
    const { code, output } = await run({ OS_TOKEN: "expired" });
    expect(output).toContain("Cinder rejected the token (401). Set OS_TOKEN to a new one");
    expect(code).toBe(1);
  });

  it("says what to do without the project of the token", async () => {
    const { code, output } = await run({ OS_PROJECT_ID: "" });
    expect(output).toContain("OS_PROJECT_ID must be set to the project of the token");
    expect(code).toBe(1);
  });
});
