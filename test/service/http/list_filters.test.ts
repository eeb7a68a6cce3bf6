import { beforeEach, describe, expect, it } from "vitest";
import { Client, type ServiceResponse } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("lists, on %s", (_database, url) => {
  let client: Client;
  /** The ids of the resources by a name of the test, and the other way around. */
  let ids: Map<string, string>;
  beforeEach(() => {
    client = new Client(url, { microversion: "3.71" });
    ids = new Map();
  });
  const at = (microversion: string, roles = "member") =>
    new Client(url, { project: client.project, roles, microversion });

  const query = (filters: Readonly<Record<string, string>>) => new URLSearchParams(filters).toString();

  describe.each(["volumes", "snapshots"] as const)("a list of %s", (kind) => {
    let parent = "";
    beforeEach(async () => {
      if (kind === "snapshots") parent = await client.createVolume();
      for (const name of ["one", "two", "Another"]) {
        const metadata = name === "Another" ? {} : { name, both: "x" };
        const id =
          kind === "volumes"
            ? await client.createVolume({ name, metadata })
            : await client.createSnapshot(parent, { name, metadata });
        ids.set(id, name);
      }
    });
    /** Returns the names of the resources that a query lists, as a summary and in detail. */
    const listed = async (filters: Readonly<Record<string, string>>, as = client) => {
      const [brief, detailed] = await Promise.all([
        as.get(`${kind}?${query(filters)}`),
        as.get(`${kind}/detail?${query(filters)}`),
      ]);
      expect(brief.status).toBe(200);
      const names = ({ body }: ServiceResponse) => body[kind].map(({ id }) => ids.get(id) ?? id).toSorted();
      expect(names(detailed)).toEqual(names(brief));
      return names(brief);
    };
    const ALL = ["Another", "one", "two"];

    it("compares as many keys of metadata as a query has with thousands of keys, in linear time", async () => {
      const keys = Array.from({ length: 6000 }, (_, i) => `k${i.toString(36)}`);
      for (const id of ids.keys()) {
        for (let begin = 0; begin < keys.length; begin += 1000) {
          const metadata = Object.fromEntries(keys.slice(begin, begin + 1000).map((key) => [key, ""]));
          expect((await client.send("POST", `${kind}/${id}/metadata`, { metadata })).status).toBe(200);
        }
      }
      const metadata = JSON.stringify(Object.fromEntries(keys.slice(-500).map((key) => [key, ""])));
      const started = performance.now();
      expect(await listed({ metadata })).toEqual(ALL);
      // A step for each pair of keys takes more than 10 s.
      expect(performance.now() - started).toBeLessThan(5000);
    });

    it("contains those with metadata, as Python and as JSON write it", async () => {
      expect(await listed({ metadata: "{'name': 'one'}" })).toEqual(["one"]);
      expect(await listed({ metadata: '{"both": "x"}' })).toEqual(["one", "two"]);
      expect(await listed({ metadata: "{'both': 'x', 'name': 'two'}" })).toEqual(["two"]);
      expect(await listed({ metadata: "{'both': 'y'}" })).toEqual([]);
      expect(await listed({ metadata: "{'name': 'one', 'other': 'x'}" })).toEqual([]);
      expect(await listed({ metadata: "{}" })).toEqual(ALL);
      expect(await listed({ metadata: "one" })).toEqual([]);
      expect(await listed({ metadata: "{'both': 'x'}" }, at("3.22"))).toEqual(["one", "two"]);
    });

    it("contains those whose name contains a text, from 3.34 on", async () => {
      expect(await listed({ "name~": "o" })).toEqual(ALL.filter((name) => name.includes("o")));
      expect(await listed({ "name~": "ANO" })).toEqual(["Another"]);
      expect(await listed({ "name~": "%" })).toEqual([]);
      expect(await listed({ "name~": "wo", name: "two" })).toEqual(["two"]);
      expect(messageOf(400, await at("3.33").get(`${kind}?name~=o`))).toBe(
        "Invalid filters name~ are found in query options.",
      );
    });

    it("contains all or none that consume quota", async () => {
      expect(await listed({ consumes_quota: "true" })).toEqual(ALL);
      expect(await listed({ consumes_quota: "false" })).toEqual([]);
      expect(messageOf(400, await client.get(`${kind}?consumes_quota=x`))).toBe(
        "Value 'x' for 'use_quota' is not a boolean.",
      );
    });

    it("is rejected with 400 for an invalid value, although another filter matches nothing", async () => {
      expect(messageOf(400, await client.get(`${kind}?metadata=one&consumes_quota=x`))).toBe(
        "Value 'x' for 'use_quota' is not a boolean.",
      );
      expect(messageOf(400, await at("3.71", "admin").get(`${kind}?bogus=1&consumes_quota=x`))).toBe(
        "Value 'x' for 'use_quota' is not a boolean.",
      );
    });

    it("contains those in an availability zone", async () => {
      expect(await listed({ availability_zone: "nova" })).toEqual(ALL);
      expect(await listed({ availability_zone: "elsewhere" })).toEqual([]);
    });

    it("is rejected with 400 for unknown filters from 3.31 on, which are ignored before", async () => {
      const bogus = { bogus: "1", colour: "red", name: "one" };
      for (const version of ["3.31", "3.33", "3.71"]) {
        for (const path of [kind, `${kind}/detail`]) {
          expect(messageOf(400, await at(version).get(`${path}?${query(bogus)}`))).toBe(
            "Invalid filters bogus,colour are found in query options.",
          );
        }
      }
      expect(await listed(bogus, at("3.30"))).toEqual(["one"]);
      expect(await listed({ display_name: "one" }, at("3.30"))).toEqual(ALL);
      // Clients always send it.
      expect(await listed({ all_tenants: "1", name: "one" })).toEqual(["one"]);
      expect(messageOf(400, await client.get(`${kind}?all_tenants=1&x=1`))).toBe(
        "Invalid filters x are found in query options.",
      );
      expect(messageOf(400, await client.get(`${kind}?n%C3%A4me=1`))).toBe(
        "Filter keys can only contain ASCII characters.",
      );
    });

    it("is empty for unknown filters of an admin", async () => {
      for (const version of ["3.0", "3.71"]) {
        const of = at(version, "admin");
        expect(await listed({ bogus: "1" }, of)).toEqual([]);
        expect(await listed({ constructor: "1" }, of)).toEqual([]);
        expect(await listed({ user_id: "alice" }, of)).toEqual(ALL);
        expect(await listed({ user_id: "bob" }, of)).toEqual([]);
        expect(await listed({ display_name: "one" }, of)).toEqual(["one"]);
        expect(await listed({ project_id: "other" }, of)).toEqual(ALL);
        expect(await listed({ project_id: client.project, all_tenants: "1" }, of)).toEqual(ALL);
      }
    });

    it("has the number on all pages with with_count, from 3.45 on", async () => {
      const count = async (parameters: string, as = client) => {
        const { status, body } = await as.get(`${kind}${parameters}`);
        expect(status).toBe(200);
        return [body[kind].length, body.count];
      };
      const first = (await client.get(`${kind}?limit=1`)).body[kind][0]?.id ?? "";
      expect(await count("?with_count=true")).toEqual([3, 3]);
      expect(await count("/detail?with_count=1&limit=2")).toEqual([2, 3]);
      expect(await count(`?with_count=true&limit=1&marker=${first}`)).toEqual([1, 3]);
      expect(await count("?with_count=true&name=one")).toEqual([1, 1]);
      expect(await count("?with_count=true&status=error")).toEqual([0, 0]);
      expect(await count("?with_count=true&limit=0")).toEqual([0, 3]);
      expect(await count("?with_count=true&consumes_quota=false")).toEqual([0, 0]);
      expect(await count("?with_count=false")).toEqual([3, undefined]);
      expect(await count("", client)).toEqual([3, undefined]);
      expect(await count("?with_count=true", at("3.30"))).toEqual([3, undefined]);
      expect(messageOf(400, await client.get(`${kind}?with_count=x`))).toBe(
        "Value 'x' for 'with_count' is not a boolean.",
      );
      const [listedOfAll, ofAll] = await count(
        `?with_count=true&all_tenants=1&project_id=${client.project}`,
        at("3.71", "admin"),
      );
      expect([listedOfAll, ofAll]).toEqual([3, 3]);
      const [, all] = await count("?with_count=true&all_tenants=1&limit=1", at("3.71", "admin"));
      expect(all).toBeGreaterThanOrEqual(3);
    });
  });
});
