import { describe, expect, it } from "vitest";
import { Admin, type Body, Client, type ServiceResponse, type Transfer } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

const OLDER_PATHS = ["os-volume-transfer", "os-volume-transfer/detail"];

describe.each(DATABASES)("GET /v3/{project_id}/volume-transfers, on %s", (_database, url) => {
  const createTransfers = async (client: Client, names: readonly string[]): Promise<Transfer[]> => {
    const made: Transfer[] = [];
    for (const name of names) made.push(await client.createVolumeAndTransfer({ name }));
    return made;
  };
  const namesOf = ({ body }: Pick<ServiceResponse, "body">) => body.transfers.map(({ name }) => name);
  /** Follows the links to the next page, and returns the names on each page. */
  const pages = async (client: Client, first: string): Promise<(string | null)[][]> => {
    const found: (string | null)[][] = [];
    let path: string | undefined = first;
    while (path !== undefined) {
      const { body }: { body: Body } = await client.get(path);
      found.push(namesOf({ body }));
      path = body.transfers_links?.[0]?.href.slice(url.length);
      if (found.length > 20) throw new Error("the pages never end");
    }
    return found;
  };

  it("lists the open transfers of the project, the newest first, as summaries or in detail", async () => {
    const donor = new Client(url);
    const [, second] = await createTransfers(donor, ["first", "second"]);
    const brief = await donor.get("volume-transfers");
    expect(namesOf(brief)).toEqual(["second", "first"]);
    const { id, name, volume_id } = second ?? {};
    expect(brief.body.transfers[0]).toEqual({ id, name, volume_id, links: expect.any(Array) });
    const detailed = (await donor.get("volume-transfers/detail")).body.transfers;
    expect(detailed.map(({ id }) => id)).toEqual(brief.body.transfers.map(({ id }) => id));
    expect(detailed[0]).toEqual((await donor.get(`volume-transfers/${id}`)).body.transfer);
  });

  it("lists those of all projects to an admin with all_tenants, and to nobody else", async () => {
    const [admin, donor, other] = [new Admin(url), new Client(url), new Client(url)];
    const { id, volume_id } = await donor.createVolumeAndTransfer();
    const found = async (client: Client, query: string) =>
      (await client.get(`volume-transfers?volume_id=${volume_id}${query}`)).body.transfers.map(
        ({ id }) => id,
      );
    expect(await found(admin, "")).toEqual([]);
    expect(await found(admin, "&all_tenants=1")).toEqual([id]);
    expect(await found(other, "&all_tenants=1")).toEqual([]);
  });

  it.each(["volume-transfers", "os-volume-transfer", "volume-transfers/detail"])(
    "links every page once in every order, with equal names: %s",
    async (collection) => {
      const client = new Client(url);
      await createTransfers(client, ["b", "a", "b", "a", "b", "c", "b"]);
      const all = async (sort: string) => (await pages(client, `${collection}?limit=2&sort=${sort}`)).flat();
      expect(await all("created_at:asc")).toEqual(["b", "a", "b", "a", "b", "c", "b"]);
      expect(await all("created_at:desc")).toEqual(["b", "c", "b", "a", "b", "a", "b"]);
      expect(await all("display_name:asc")).toEqual(["a", "a", "b", "b", "b", "b", "c"]);
      expect(await all("display_name:desc")).toEqual(["c", "b", "b", "b", "b", "a", "a"]);
      for (const sort of ["display_name:asc,created_at:desc", "id:asc", "no_snapshots:asc", "accepted:desc"])
        expect((await all(sort)).toSorted(), sort).toEqual(["a", "a", "b", "b", "b", "b", "c"]);
    },
  );

  it("skips offset items before the first page, and none before the next", async () => {
    const client = new Client(url);
    await createTransfers(client, ["1", "2", "3", "4", "5"]);
    expect(await pages(client, "volume-transfers?limit=2&offset=1&sort=created_at:asc")).toEqual([
      ["2", "3"],
      ["4", "5"],
      [],
    ]);
  });

  it("ignores a repeated sort key", async () => {
    const client = new Client(url);
    const [, second] = await createTransfers(client, ["1", "2", "3"]);
    const sort = Array(200).fill("display_name:asc").join(",");
    expect(namesOf(await client.get(`volume-transfers?marker=${second?.id}&sort=${sort}`))).toEqual(["3"]);
  });

  it("never lists a closed transfer, and does not filter by columns that the API does not have", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    await acceptor.accept(await donor.createVolumeAndTransfer());
    const { id } = await donor.createVolumeAndTransfer();
    for (const query of [
      "deleted=True",
      "accepted=True",
      "salt=x",
      "crypt_hash=x",
      "auth_key_hmac=x",
      "deleted_at=1",
    ]) {
      expect((await donor.get(`volume-transfers?${query}`)).body.transfers, query).toEqual([]);
    }
    for (const query of ["accepted=False", "deleted=false", "deleted=0"]) {
      const open = (await donor.get(`volume-transfers?${query}`)).body.transfers;
      expect(
        open.map(({ id }) => id),
        query,
      ).toEqual([id]);
    }
  });

  it("returns nothing for a limit before 3.59, and no link to a next page", async () => {
    const client = new Client(url, { microversion: "3.58" });
    await createTransfers(client, ["1", "2"]);
    expect(namesOf(await client.get("volume-transfers"))).toEqual(["1", "2"]);
    expect((await client.get("volume-transfers?limit=1")).body).toEqual({ transfers: [] });
  });

  it("returns 404 if the marker is a transfer of another project", async () => {
    const { id } = await new Client(url).createVolumeAndTransfer();
    messageOf(404, await new Client(url).get(`volume-transfers?marker=${id}`));
  });

  it.each(["salt", "crypt_hash", "auth_key_hmac", "closed_by_request", "constructor", "__proto__"])(
    "returns 400 for the sort key %s, which the API does not have",
    async (key) => {
      expect(messageOf(400, await new Client(url).get(`volume-transfers?sort_key=${key}`))).toBe(
        "Invalid input received: Invalid sort key",
      );
    },
  );

  describe("under the older path", () => {
    it.each(["3.55", "3.59", "3.71"])("lists the oldest transfer first at %s", async (microversion) => {
      const client = new Client(url, { microversion });
      await createTransfers(client, ["1", "2", "3"]);
      for (const path of [...OLDER_PATHS, ...OLDER_PATHS.map((path) => `${path}?all_tenants=1`)])
        expect(namesOf(await client.get(path))).toEqual(["1", "2", "3"]);
    });

    it("has pages and sort orders from 3.59, which Cinder's lacks", async () => {
      const client = new Client(url, { microversion: "3.59" });
      await createTransfers(client, ["1", "2", "3"]);
      expect(await pages(client, "os-volume-transfer?limit=2")).toEqual([["1", "2"], ["3"]]);
      const { transfers_links: [next] = [] } = (await client.get("os-volume-transfer?limit=2")).body;
      expect(next?.href).toContain("/os-volume-transfer?limit=2&marker=");
      for (const query of ["sort=created_at:desc", "sort_dir=desc", "sort_key=created_at"])
        expect(namesOf(await client.get(`os-volume-transfer?${query}`))).toEqual(["3", "2", "1"]);
    });
  });
});
