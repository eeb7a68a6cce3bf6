import { describe, expect, it } from "vitest";
import { Client, UNKNOWN_ID } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

describe.each(DATABASES)("paths on %s", (_database, url) => {
  const client = new Client(url);

  /** Returns the documented paths, with values for their parameters, and the methods of each. */
  async function documentedPaths() {
    const document: { readonly paths: Record<string, object> } = await (
      await fetch(`${url}/openapi.json`)
    ).json();
    return Object.entries(document.paths).map(([pattern, operations]) => ({
      pattern: new RegExp(`^${pattern.replace(/\{\w+\}/g, "[^/]+")}$`),
      path: pattern
        .replace("{project_id}", client.project)
        .replace("os-quota-sets/{id}", `os-quota-sets/${client.project}`)
        .replace("{alias}", "os-quota-sets")
        .replace(/\{\w+\}/g, UNKNOWN_ID),
      methods: Object.keys(operations).map((method) => method.toUpperCase()),
    }));
  }

  const answer = async (path: string) => {
    const { status, body } = await client.get(path);
    return { status, body };
  };

  describe("repeated slashes count as one", () => {
    it.each([
      ["/v3/PROJECT//os-quota-sets/PROJECT", "/v3/PROJECT/os-quota-sets/PROJECT"],
      ["//v3/PROJECT/volumes", "/v3/PROJECT/volumes"],
      ["/v3///PROJECT/volumes//detail", "/v3/PROJECT/volumes/detail"],
      ["/v3/PROJECT//volume-transfers?limit=0", "/v3/PROJECT/volume-transfers?limit=0"],
      [`/v3//volumes///${UNKNOWN_ID}`, `/v3/volumes/${UNKNOWN_ID}`],
      ["/v3/PROJECT/volumes//", "/v3/PROJECT/volumes/"],
      ["///", "/"],
      ["//v3//", "/v3/"],
      ["//healthcheck//", "/healthcheck"],
    ])("%s is %s", async (repeated, single) => {
      const own = (path: string) => path.replaceAll("PROJECT", client.project);
      expect(await answer(own(repeated))).toEqual(await answer(own(single)));
    });

    it("in requests that change something, too", async () => {
      const { status, body } = await client.send("POST", `//v3//${client.project}//volumes`, {
        volume: { size: 1 },
      });
      expect(status).toBe(202);
      expect((await client.get(`volumes/${body.volume.id}`)).status).toBe(200);
    });

    it("but an encoded slash is part of a name", async () => {
      const path = `volumes/${await client.createVolume({ metadata: { "a//b": "value" } })}/metadata`;
      expect((await client.get(`${path}/a%2F%2Fb`)).body).toEqual({ meta: { "a//b": "value" } });
    });
  });

  describe(".json at the end of a path", () => {
    it("is ignored on all routes", async () => {
      const paths = (await documentedPaths()).filter(
        ({ path, methods }) => path.startsWith("/v3/") && path !== "/v3/" && methods.includes("GET"),
      );
      expect(paths.length).toBeGreaterThan(30);
      for (const { path } of paths) {
        const [withFormat, without] = await Promise.all([answer(`${path}.json`), answer(path)]);
        expect({ path, ...withFormat }).toEqual({ path, ...without });
      }
    });

    it("is ignored in requests that change something", async () => {
      const { status, body } = await client.send("POST", "volumes.json", { volume: { size: 1 } });
      expect(status).toBe(202);
      const id = body.volume.id;
      expect((await client.send("PUT", `volumes/${id}.json`, { volume: { name: "new" } })).status).toBe(200);
      expect((await client.delete(`volumes/${id}.json`)).status).toBe(202);
      expect((await client.get(`volumes/${id}`)).status).toBe(404);
    });

    it("is removed once, and no other ending is", async () => {
      const message = async (path: string) => (await client.get(path)).body.itemNotFound?.message;
      expect(await message("volumes/a.b.json")).toBe("Volume a.b could not be found.");
      expect(await message("volumes/a.json.json")).toBe("Volume a.json could not be found.");
      expect(await message("volumes/a.xml")).toBe("Volume a.xml could not be found.");
      expect(await message("volumes/a.JSON")).toBe("Volume a.JSON could not be found.");
      expect(await message("volumes/.json")).toBe("Volume .json could not be found.");
      expect((await client.get("volumes.xml")).status).toBe(404);
    });

    it("and repeated slashes are not in links to the next page", async () => {
      const reader = new Client(url);
      for (let i = 0; i < 2; i++) await reader.createVolumeAndTransfer();
      const { body } = await reader.get(`/v3//${reader.project}//volume-transfers.json?limit=1`);
      const [link] = body.transfers_links ?? [];
      const base = `${url}/v3/${reader.project}/volume-transfers?limit=1&marker=`;
      expect(link?.href).toBe(base + body.transfers[0]?.id);
    });
  });

  it("a method that a documented path does not have gets a 405, with those that it has in Allow", async () => {
    const documented = await documentedPaths();
    const expect405 = async (path: string, method: string, methods: readonly string[]) => {
      const { status, headers, body } = await client.send(method, path);
      const found = { method, path, status, allow: headers.get("Allow") };
      expect(found).toEqual({ method, path, status: 405, allow: methods.join(", ") });
      expect(body).toMatchObject({ badMethod: { code: 405 } });
    };
    for (const { path, methods } of documented) {
      // `detail` is also an id, which has more methods.
      const served = documented.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : []));
      const others = METHODS.filter((method) => !served.includes(method));
      await Promise.all(others.map((method) => expect405(path, method, methods)));
    }
  });
});
