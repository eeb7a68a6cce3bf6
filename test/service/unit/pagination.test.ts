import { describe, expect, it } from "vitest";
import { badRequest } from "../../../src/http/faults.ts";
import { type ListQuery, listQuery, nextPageQuery } from "../../../src/http/pagination.ts";

const read = (query: Record<string, string>): ListQuery =>
  listQuery(query, 100, { created_at: true, id: true, display_name: true });

describe("a query without parameters", () => {
  it("requests the first page of the newest items, with the greatest limit", () => {
    expect(read({})).toEqual({
      page: { limit: 100, offset: 0, marker: undefined, sort: [{ key: "created_at", direction: "desc" }] },
      filters: {},
    });
  });
});

describe("limit", () => {
  it.each([
    ["1", 1],
    ["0", 0],
    ["99", 99],
    ["100", 100],
    ["101", 100],
    ["1000000", 100],
    ["99999999999999999999999", 100],
    ["007", 7],
    ["+5", 5],
    [" 5 ", 5],
  ])("'%s' is read as %i if the greatest limit is 100", (limit, read_as) => {
    expect(read({ limit }).page.limit).toBe(read_as);
  });

  it.each(["", " ", "abc", "1.0", "1.5", "1e2", "0x10", "5 5", "--1", "Infinity", "NaN", "null"])(
    "'%s' is rejected: it is not an integer",
    (limit) => {
      expect(() => read({ limit })).toThrow(badRequest("limit param must be an integer"));
    },
  );

  it.each(["-1", "-100", " -1 "])("'%s' is rejected: it is not positive", (limit) => {
    expect(() => read({ limit })).toThrow(badRequest("limit param must be positive"));
  });
});

describe("offset", () => {
  it.each([
    ["0", 0],
    ["5", 5],
    ["+5", 5],
    [" 5 ", 5],
    ["2147483647", 2147483647],
  ])("'%s' is read as %i", (offset, read_as) => {
    expect(read({ offset }).page.offset).toBe(read_as);
  });

  it.each(["", "abc", "1.5", "1e2", "0x10"])("'%s' is rejected: it is not an integer", (offset) => {
    expect(() => read({ offset })).toThrow(badRequest("offset must be an integer"));
  });

  it("less than 0 is rejected", () => {
    expect(() => read({ offset: "-1" })).toThrow(badRequest("offset must be >= 0"));
  });

  it.each(["2147483648", "99999999999999999999999"])(
    "'%s' is rejected: it is greater than a database's integer",
    (offset) => {
      expect(() => read({ offset })).toThrow(badRequest("offset must be <= 2147483647"));
    },
  );
});

describe("marker", () => {
  it.each(["aaaaaaaa-1111-4222-8333-444444444444", "nope", ""])("'%s' is read as it is", (marker) => {
    expect(read({ marker }).page.marker).toBe(marker);
  });
});

describe("sort", () => {
  it.each([
    ["display_name", [["display_name", "desc"]]],
    ["display_name:", [["display_name", "desc"]]],
    ["display_name:asc", [["display_name", "asc"]]],
    ["display_name:desc", [["display_name", "desc"]]],
    [" display_name : asc ", [["display_name", "asc"]]],
    [
      "display_name:asc,created_at:desc",
      [
        ["display_name", "asc"],
        ["created_at", "desc"],
      ],
    ],
    [
      "display_name, id:asc",
      [
        ["display_name", "desc"],
        ["id", "asc"],
      ],
    ],
  ])("'%s' is read as keys and directions in order", (sort, order) => {
    expect(read({ sort }).page.sort).toEqual(order.map(([key, direction]) => ({ key, direction })));
  });

  it.each(["bogus", "bogus:asc", "display_name:asc,bogus", "", ",", "display_name,", ":asc", "DISPLAY_NAME"])(
    "'%s' is rejected: it has an unknown key",
    (sort) => {
      expect(() => read({ sort })).toThrow(badRequest("Invalid input received: Invalid sort key"));
    },
  );

  it.each(["toString", "constructor", "__proto__", "hasOwnProperty"])(
    "%s is rejected: it is a property of every object",
    (sort) => {
      expect(() => read({ sort })).toThrow(badRequest("Invalid input received: Invalid sort key"));
    },
  );

  // Cinder splits at the first colon. Everything that follows is the direction.
  it.each([
    "display_name:bogus",
    "display_name:ASC",
    "display_name: ",
    "id:asc,display_name:up",
    "id:asc:desc",
  ])("'%s' is rejected: it has an unknown direction", (sort) => {
    expect(() => read({ sort })).toThrow(
      badRequest("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."),
    );
  });
});

describe("sort_key and sort_dir", () => {
  it.each([
    [{ sort_key: "display_name", sort_dir: "asc" }, "display_name", "asc"],
    [{ sort_key: "display_name" }, "display_name", "desc"],
    [{ sort_dir: "asc" }, "created_at", "asc"],
    [{ sort_key: " id ", sort_dir: " asc " }, "id", "asc"],
  ])("%j sorts by %s, %s", (query, key, direction) => {
    expect(read({ ...query }).page.sort).toEqual([{ key, direction }]);
  });

  it.each(["bogus", "", "display_name:asc", "display_name,id"])("sort_key=%s is rejected", (sort_key) => {
    expect(() => read({ sort_key })).toThrow(badRequest("Invalid input received: Invalid sort key"));
  });

  it.each(["bogus", "", "ASC"])("sort_dir=%s is rejected", (sort_dir) => {
    expect(() => read({ sort_dir })).toThrow(
      badRequest("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."),
    );
  });

  it.each([
    { sort: "display_name:asc", sort_key: "id" },
    { sort: "display_name:asc", sort_dir: "asc" },
    { sort: "", sort_key: "", sort_dir: "" },
  ])("are rejected together with sort: %j", (query) => {
    expect(() => read({ ...query })).toThrow(
      badRequest(
        "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.",
      ),
    );
  });
});

describe("filters", () => {
  it("are the other parameters of the query", () => {
    const paging = { limit: "1", offset: "2", marker: "m", sort: "id:asc" };
    expect(read({ ...paging, name: "a", all_tenants: "1", bogus: "" }).filters).toEqual({
      name: "a",
      all_tenants: "1",
      bogus: "",
    });
  });

  it("do not include sort_key and sort_dir", () => {
    expect(read({ sort_key: "id", sort_dir: "asc" }).filters).toEqual({});
  });
});

describe("the query of the next page", () => {
  it.each([
    ["begins after this one's last item", "", "marker=last"],
    ["has a marker in place of this one's", "marker=old", "marker=last"],
    ["has one marker, even if this one has several", "marker=a&marker=b", "marker=last"],
    ["does not skip the offset again", "offset=5", "marker=last"],
    [
      "keeps the limit, the order and the filters",
      "limit=1&sort=name%3Aasc&name=a",
      "limit=1&sort=name%3Aasc&name=a&marker=last",
    ],
  ])("%s", (_rule, here, there) => {
    expect(nextPageQuery(here, "last")).toBe(there);
  });

  it("keeps the encoded value of a filter", () => {
    const next = new URLSearchParams(nextPageQuery("name=a%26b%20%D0%BF+c", "last"));
    expect(Object.fromEntries(next)).toEqual({ name: "a&b п c", marker: "last" });
  });
});
