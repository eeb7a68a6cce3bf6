import { describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { member, textOf } from "../../support/member.ts";
import { DATABASES } from "../databases.ts";

/** The sort keys that Cinder 29.0 takes, of what responses show. */
const KEYS = {
  volumes: [
    ...["created_at", "updated_at", "deleted_at", "deleted", "id", "name", "display_name", "status", "size"],
    ...["availability_zone", "bootable", "user_id", "project_id", "host", "display_description"],
    ...["snapshot_id", "source_volid", "volume_type_id", "attach_status", "migration_status", "use_quota"],
  ],
  snapshots: [
    ...["created_at", "updated_at", "deleted_at", "deleted", "id", "name", "display_name", "status"],
    ...["volume_id", "volume_size", "progress", "user_id", "project_id", "display_description", "use_quota"],
  ],
  transfers: [
    ...["created_at", "updated_at", "deleted_at", "deleted", "id", "display_name", "volume_id", "expires_at"],
    ...["no_snapshots", "source_project_id", "destination_project_id", "accepted"],
  ],
} as const;

describe.each(DATABASES)("lists, on %s", (_database, url) => {
  describe.each(["volumes", "snapshots", "transfers"] as const)("a list of %s", (kind) => {
    /** Fills a project with three of the kind, and returns a client of it. */
    const fill = async (): Promise<Client> => {
      const client = new Client(url, { microversion: "3.70" });
      const offered = [];
      for (const name of ["b", "c", "a"]) {
        const volume = await client.createVolume({ name, description: name });
        await client.createSnapshot(volume, { name });
        offered.push(volume);
      }
      if (kind === "transfers") {
        for (const volume of offered)
          await client.createTransfer(volume, { no_snapshots: true, name: volume });
      }
      return client;
    };
    const path = kind === "transfers" ? "volume-transfers" : kind;

    it("has the same rows, page by page, in each order", async () => {
      const client = await fill();
      const ids = async (query: string) => {
        const { status, body } = await client.get(`${path}?${query}`);
        expect({ query, status }).toEqual({ query, status: 200 });
        return Object.values(member(body, kind) ?? []).map((one) => textOf(one, "id"));
      };
      const all = (await ids("")).toSorted();
      expect(all).toHaveLength(3);
      for (const key of KEYS[kind]) {
        for (const direction of ["asc", "desc"]) {
          const sort = `sort=${key}:${direction}`;
          const whole = await ids(sort);
          const pages: string[] = [];
          for (let i = 0; i < 3; i++) {
            const marker = pages.at(-1);
            pages.push(...(await ids(`${sort}&limit=1${marker === undefined ? "" : `&marker=${marker}`}`)));
          }
          expect(whole.toSorted(), sort).toEqual(all);
          expect(pages, sort).toEqual(whole);
        }
      }
    });

    it("is not sorted by what responses do not show", async () => {
      const client = new Client(url, { microversion: "3.70" });
      for (const key of [
        "crypt_hash",
        "salt",
        "provider_auth",
        "encryption_key_id",
        "seq",
        "auth_key_hmac",
      ]) {
        expect((await client.get(`${path}?sort=${key}`)).body.badRequest?.message).toBe(
          "Invalid input received: Invalid sort key",
        );
      }
    });
  });
});
