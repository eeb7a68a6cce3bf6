import { expect } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { member, textOf } from "../../support/member.ts";

/** The type of a volume that is created without one. */
export const DEFAULT_ID = "6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10";

/** Makes what a test of volume types starts with: its clients, and a name that no type has. */
export function setUpTypes(url: string) {
  const admin = new Admin(url);
  const client = new Client(url);
  const name = `type ${crypto.randomUUID()}`;
  return {
    admin,
    client,
    name,
    /** Creates a type with the name, and returns its id. */
    async create(values: object = {}): Promise<string> {
      const { status, body } = await admin.send("POST", "types", { volume_type: { name, ...values } });
      expect(status).toBe(200);
      return textOf(member(body, "volume_type"), "id");
    },
    createVolumeOf: (type: string, as: Client = client) =>
      as.send("POST", "volumes", { volume: { size: 1, volume_type: type } }),
  };
}
