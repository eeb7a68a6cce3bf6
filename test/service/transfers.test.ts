import { describe, expect, it } from "vitest";
import { Admin, Client, type Transfer } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("on %s", (_database, url) => {
  const admin = new Admin(url);
  const pair = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });

  describe("POST /v3/{project_id}/volume-transfers", () => {
    it("returns 400 for an encrypted volume at every microversion, for there is no key manager", async () => {
      const { donor } = pair();
      const volume = await donor.createVolume({ size: 1, volume_type: "LUKS" });
      for (const version of ["3.55", "3.69", "3.70", "3.71"]) {
        const body = { transfer: { volume_id: volume } };
        const response = await donor.send("POST", "volume-transfers", body, {
          "OpenStack-API-Version": `volume ${version}`,
        });
        expect(response.status).toBe(400);
        expect(response.body.badRequest?.message).toBe(
          "Invalid volume: transferring encrypted volume is not supported",
        );
      }
      expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("available");
    });

    it("returns the auth_key, which no other response contains", async () => {
      const { donor } = pair();
      const { transfer } = (await donor.createTransfer(await donor.createVolume())).body;
      expect(transfer.auth_key).toHaveLength(16);
      for (const path of [`volume-transfers/${transfer.id}`, "volume-transfers/detail", "volume-transfers"]) {
        expect(JSON.stringify((await donor.get(path)).body)).not.toContain(transfer.auth_key);
      }
    });

    it("closes an earlier transfer of the volume, which an admin has reset to available", async () => {
      const { donor, acceptor } = pair();
      const volume = await donor.createVolume();
      const first = (await donor.createTransfer(volume)).body.transfer;
      await admin.resetStatus("volumes", volume, "available");
      const second = (await donor.createTransfer(volume)).body.transfer;
      expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([second.id]);
      expect((await acceptor.accept(first)).status).toBe(404);
      expect((await acceptor.accept(second)).status).toBe(202);
    });

    it("lets an admin create a transfer of another project's volume, which belongs to that project", async () => {
      const { donor, acceptor } = pair();
      const transfer = (await admin.createTransfer(await donor.createVolume())).body.transfer;
      expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([transfer.id]);
      expect((await acceptor.accept(transfer)).status).toBe(202);
    });
  });

  describe("POST /v3/{project_id}/volume-transfers/{transfer_id}/accept", () => {
    it("does not move snapshots of other projects, which stayed behind in an earlier transfer", async () => {
      const [a, b, c] = [new Client(url), new Client(url), new Client(url)];
      const volume = await a.createVolume({ size: 2 });
      const stays = await a.createSnapshot(volume);
      await b.accept((await a.createTransfer(volume, { no_snapshots: true })).body.transfer);
      const goes = await b.createSnapshot(volume);
      await admin.resetStatus("snapshots", stays, "error");
      expect((await c.accept((await b.createTransfer(volume)).body.transfer)).status).toBe(202);

      expect((await a.get(`snapshots/${stays}`)).status).toBe(200);
      expect((await c.get(`snapshots/${goes}`)).status).toBe(200);
      expect(await a.usage()).toEqual({ volumes: 0, gigabytes: 2, snapshots: 1 });
      expect(await b.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
      expect(await c.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
      expect((await c.delete(`volumes/${volume}?cascade=True`)).status).toBe(400);
      await admin.resetStatus("snapshots", stays, "available");
      expect((await a.delete(`snapshots/${stays}`)).status).toBe(202);
      expect((await c.delete(`volumes/${volume}?cascade=True`)).status).toBe(202);
      expect(await a.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
      expect(await c.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
    });

    it("needs no quota if a project accepts its own transfer", async () => {
      const donor = new Client(url);
      const volume = await donor.createVolume();
      const transfer = (await donor.createTransfer(volume)).body.transfer;
      await admin.setQuota(donor.project, { volumes: 1 });
      expect((await donor.accept(transfer)).status).toBe(202);
      expect(await donor.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
    });

    it("returns 413 if the quota of the volume's type is exceeded", async () => {
      const { donor, acceptor } = pair();
      await admin.setQuota(acceptor.project, { volumes___DEFAULT__: 0 });
      const { status, body } = await acceptor.accept(
        (await donor.createTransfer(await donor.createVolume())).body.transfer,
      );
      expect(status).toBe(413);
      expect(body).toMatchObject({
        overLimit: {
          message:
            "VolumeLimitExceeded: Maximum number of volumes allowed (0) exceeded for quota 'volumes___DEFAULT__'.",
        },
      });
    });

    it("changes nothing when it returns 400 or 413", async () => {
      const { donor, acceptor } = pair();
      const volume = await donor.createVolume();
      const transfer = (await donor.createTransfer(volume)).body.transfer;
      const seen = async () => [
        (await donor.get(`volumes/${volume}`)).body,
        (await donor.get(`volume-transfers/${transfer.id}`)).body,
        await donor.usage(),
        await acceptor.usage(),
      ];
      const before = await seen();
      await admin.setQuota(acceptor.project, { gigabytes: 0 });
      expect((await acceptor.accept(transfer)).status).toBe(413);
      expect((await acceptor.accept({ ...transfer, auth_key: "0000000000000000" })).status).toBe(400);
      expect(await seen()).toEqual(before);
    });

    it("accepts an auth_key that fits in Horizon's form, and distinguishes upper and lower case", async () => {
      const { donor, acceptor } = pair();
      const transfer = (await donor.createTransfer(await donor.createVolume())).body.transfer;
      expect(transfer.auth_key.length).toBeLessThanOrEqual(16);
      expect((await acceptor.accept({ ...transfer, auth_key: transfer.auth_key.toUpperCase() })).status).toBe(
        400,
      );
      expect((await acceptor.accept(transfer)).status).toBe(202);
    });
  });

  describe("GET /v3/{project_id}/volume-transfers", () => {
    const createTransfers = async (client: Client, names: string[]): Promise<Transfer[]> => {
      const made: Transfer[] = [];
      for (const name of names)
        made.push((await client.createTransfer(await client.createVolume(), { name })).body.transfer);
      return made;
    };
    /** Follows the links to the next page, and returns the names on each page. */
    const pages = async (client: Client, first: string): Promise<(string | null)[][]> => {
      const found: (string | null)[][] = [];
      let path: string | undefined = first;
      while (path !== undefined) {
        const { body }: { body: Awaited<ReturnType<Client["get"]>>["body"] } = await client.get(path);
        found.push(body.transfers.map(({ name }) => name));
        const next: string | undefined = body.transfers_links?.[0]?.href;
        path = next === undefined ? undefined : next.slice(url.length);
        if (found.length > 20) throw new Error("the pages never end");
      }
      return found;
    };

    it.each(["volume-transfers", "os-volume-transfer", "volume-transfers/detail"])(
      "links every page once in every order, with equal names: %s",
      async (collection) => {
        const client = new Client(url);
        await createTransfers(client, ["b", "a", "b", "a", "b", "c", "b"]);
        const all = async (sort: string) =>
          (await pages(client, `${collection}?limit=2&sort=${sort}`)).flat();
        expect(await all("created_at:asc")).toEqual(["b", "a", "b", "a", "b", "c", "b"]);
        expect(await all("created_at:desc")).toEqual(["b", "c", "b", "a", "b", "a", "b"]);
        expect(await all("display_name:asc")).toEqual(["a", "a", "b", "b", "b", "b", "c"]);
        expect(await all("display_name:desc")).toEqual(["c", "b", "b", "b", "b", "a", "a"]);
        for (const sort of [
          "display_name:asc,created_at:desc",
          "id:asc",
          "no_snapshots:asc",
          "accepted:desc",
        ]) {
          expect((await all(sort)).toSorted(), sort).toEqual(["a", "a", "b", "b", "b", "b", "c"]);
        }
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
      const { status, body } = await client.get(`volume-transfers?marker=${second?.id}&sort=${sort}`);
      expect(status).toBe(200);
      expect(body.transfers.map(({ name }) => name)).toEqual(["3"]);
    });

    it("returns 404 if the marker is a transfer of another project", async () => {
      const [mine, others] = [new Client(url), new Client(url)];
      const [theirs] = await createTransfers(others, ["theirs"]);
      expect((await mine.get(`volume-transfers?marker=${theirs?.id}`)).status).toBe(404);
    });

    it("never lists a closed transfer, and does not filter by columns that the API does not have", async () => {
      const { donor, acceptor } = pair();
      await acceptor.accept((await donor.createTransfer(await donor.createVolume())).body.transfer);
      const [live] = await createTransfers(donor, ["live"]);
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
      expect((await donor.get("volume-transfers?accepted=False")).body.transfers.map(({ id }) => id)).toEqual(
        [live?.id],
      );
      for (const key of [
        "salt",
        "crypt_hash",
        "auth_key_hmac",
        "closed_by_request",
        "constructor",
        "__proto__",
      ]) {
        expect((await donor.get(`volume-transfers?sort_key=${key}`)).status, key).toBe(400);
      }
    });

    it("returns nothing for a limit before 3.59, and no link to a next page", async () => {
      const client = new Client(url);
      await createTransfers(client, ["1", "2"]);
      const at358 = (query: string) =>
        client.send("GET", `volume-transfers${query}`, undefined, { "OpenStack-API-Version": "volume 3.58" });
      expect((await at358("")).body.transfers.map(({ name }) => name)).toEqual(["1", "2"]);
      expect((await at358("?limit=1")).body).toEqual({ transfers: [] });
    });
  });
});
