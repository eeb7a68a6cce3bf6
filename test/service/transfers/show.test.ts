import { describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("GET /v3/{project_id}/volume-transfers/{id}, on %s", (_database, url) => {
  it("shows an open transfer, as the response of its create but without the auth_key", async () => {
    const donor = new Client(url);
    const { auth_key: _, ...created } = await donor.createVolumeAndTransfer({ name: "for bob" });
    for (const collection of ["volume-transfers", "os-volume-transfer"]) {
      const { status, body } = await donor.get(`${collection}/${created.id}`);
      expect([status, body]).toEqual([200, { transfer: created }]);
    }
  });

  it("shows an admin the transfer of another project", async () => {
    const { id } = await new Client(url).createVolumeAndTransfer();
    expect((await new Admin(url).get(`volume-transfers/${id}`)).body.transfer).toMatchObject({ id });
  });

  it("returns 404 for a transfer that does not exist, is another project's, or is closed", async () => {
    const [donor, other] = [new Client(url), new Client(url)];
    const open = await donor.createVolumeAndTransfer({ destination_project_id: other.project });
    const closed = await donor.createVolumeAndTransfer();
    await donor.delete(`volume-transfers/${closed.id}`);
    for (const [client, id] of [
      [donor, UNKNOWN_ID],
      [donor, "nope"],
      [other, open.id],
      [donor, closed.id],
    ] as const) {
      expect(messageOf(404, await client.get(`volume-transfers/${id}`))).toBe(
        `Transfer ${id} could not be found.`,
      );
    }
  });
});
