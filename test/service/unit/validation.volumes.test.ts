import { describe, expect, it } from "vitest";
import { ALICE, createVolume, post, request } from "./service.ts";

// The messages of Cinder 29.0 for bodies about volumes, snapshots and volume types.

const ADMIN = "root:alpha:admin";
const ID = "aaaaaaaa-1111-4222-8333-444444444444";
const LONG = "n".repeat(256);
const PADDED = ` ${"n".repeat(255)} `;
const NOT_TEXT = "5 is not of type 'string', 'null'";
const NOT_VALID = "is not valid under any of the given schemas";

async function messageOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  expect(response.status).toBe(400);
  const { badRequest } = await response.json<{ badRequest: { message: string } }>();
  return badRequest.message;
}
const of = (name: string, value: string, wrong: string) =>
  `Invalid input for field/attribute ${name}. Value: ${value}. ${wrong}`;
const tooLong = (name: string) => `Invalid input received: ${name} has 256 characters, more than 255.`;

/** Creates a volume in a project of its own, which has room for it. */
const create = (values: object) =>
  post("/v3/volumes", { volume: { size: 1, ...values } }, `alice:${crypto.randomUUID()}`);

describe("a new volume", () => {
  const refusal = (values: object) => messageOf(post("/v3/volumes", { volume: { size: 1, ...values } }));

  it.each(["name", "display_name", "description", "display_description", "volume_type", "availability_zone"])(
    "has a text or null as its %s",
    async (name) => {
      expect(await refusal({ [name]: 5 })).toBe(of(name, "5", NOT_TEXT));
    },
  );

  it.each([
    ["name", "name"],
    ["display_name", "name"],
    ["description", "description"],
    ["display_description", "description"],
  ])("has a %s of at most 255 characters without the blanks around it", async (name, called) => {
    expect(await refusal({ [name]: LONG })).toBe(tooLong(called));
    expect((await create({ [name]: PADDED })).status).toBe(202);
  });

  it("has a type of at most 255 characters", async () => {
    expect(await refusal({ volume_type: LONG })).toBe(of("volume_type", LONG, `'${LONG}' is too long`));
  });

  it("has the zone of the service, or none", async () => {
    expect(await refusal({ availability_zone: "mars" })).toBe("Availability zone 'mars' is invalid.");
    expect(await refusal({ availability_zone: "" })).toBe(
      of("availability_zone", "", "'' should be non-empty"),
    );
    expect(await refusal({ availability_zone: LONG })).toBe(
      of("availability_zone", LONG, `'${LONG}' is too long`),
    );
    for (const availability_zone of ["nova", null]) {
      expect((await create({ availability_zone })).status).toBe(202);
    }
  });

  it.each(["snapshot_id", "source_volid"])("has a UUID or null as its %s", async (name) => {
    for (const [value, shown] of [
      [5, "5"],
      ["x", "'x'"],
      [[], "[]"],
    ]) {
      expect(await refusal({ [name]: value })).toBe(
        of(name, String(shown).replaceAll("'", ""), `${shown} ${NOT_VALID}`),
      );
    }
  });

  it("has metadata and scheduler hints that are objects, or null", async () => {
    expect(await refusal({ metadata: [] })).toBe(of("metadata", "[]", "[] is not of type 'object', 'null'"));
    const hints = { volume: { size: 1 }, "OS-SCH-HNT:scheduler_hints": 5 };
    expect(await messageOf(post("/v3/volumes", hints))).toBe(
      of("OS-SCH-HNT:scheduler_hints", "5", "5 is not of type 'object', 'null'"),
    );
  });

  it("is called by its name rather than by its display_name, also if that is null", async () => {
    for (const name of ["a", null]) {
      const response = await create({ name, display_name: "b" });
      expect(await response.json()).toMatchObject({ volume: { name } });
    }
  });
});

it("a volume that is updated is called by its name rather than by its display_name", async () => {
  const id = await createVolume();
  const update = (volume: object) =>
    request(`/v3/volumes/${id}`, {
      method: "PUT",
      body: JSON.stringify({ volume }),
      headers: { "X-Auth-Token": ALICE, "Content-Type": "application/json" },
    });
  for (const name of ["a", null]) {
    expect(await (await update({ name, display_name: "b" })).json()).toMatchObject({ volume: { name } });
  }
  expect(await messageOf(update({ name: LONG }))).toBe(tooLong("name"));
  expect(await messageOf(update({ description: 5 }))).toBe(of("description", "5", NOT_TEXT));
});

describe("a new snapshot", () => {
  const refusal = (values: object) =>
    messageOf(post("/v3/snapshots", { snapshot: { volume_id: ID, ...values } }));

  it.each(["name", "display_name", "description"])(
    "has as its %s a text of at most 255 characters with the blanks around it, or null",
    async (name) => {
      expect(await refusal({ [name]: 5 })).toBe(of(name, "5", NOT_TEXT));
      for (const text of [LONG, PADDED])
        expect(await refusal({ [name]: text })).toBe(of(name, text, `'${text}' is too long`));
    },
  );

  it("is of a volume with a UUID", async () => {
    expect(await refusal({ volume_id: "x" })).toBe(of("volume_id", "x", `'x' ${NOT_VALID}`));
  });

  it.each([
    ["error", "error status"],
    ["maintenance", "maintenance mode"],
  ])("is refused for a volume in %s", async (status, state) => {
    const id = await createVolume();
    expect((await post(`/v3/volumes/${id}/action`, { "os-reset_status": { status } }, ADMIN)).status).toBe(
      202,
    );
    for (const force of [true, false]) {
      expect(await refusal({ volume_id: id, force })).toBe(
        `Invalid volume: The snapshot cannot be created when the volume is in ${state}.`,
      );
    }
  });
});

describe("a volume type", () => {
  const refusal = (path: string, body: object, method = "POST") =>
    messageOf(
      request(`/v3/types${path}`, {
        method,
        body: JSON.stringify(body),
        headers: { "X-Auth-Token": ADMIN, "Content-Type": "application/json" },
      }),
    );

  it("has a name that is not empty, and a description that is a text or null", async () => {
    const refused = (values: object) => refusal("", { volume_type: { name: "n", ...values } });
    expect(await refused({ name: "" })).toBe(of("name", "", "'' should be non-empty"));
    expect(await refused({ name: "  " })).toBe(
      "An invalid 'name' value was provided. The 'name' can not be empty.",
    );
    expect(await refused({ description: 5 })).toBe(of("description", "5", NOT_TEXT));
    expect(await refused({ extra_specs: { a: 5 } })).toBe(of("a", "5", NOT_TEXT));
    expect(await refusal(`/${ID}`, { volume_type: { name: "" } }, "PUT")).toBe(
      of("name", "", "'' should be non-empty"),
    );
    expect(await refusal(`/${ID}/action`, { addProjectAccess: { project: "" } })).toBe(
      of("project", "", "'' should be non-empty"),
    );
  });

  it("has extra specs that are texts or null", async () => {
    expect(await refusal(`/${ID}/extra_specs`, { extra_specs: { a: 5 } })).toBe(of("a", "5", NOT_TEXT));
    expect(await refusal(`/${ID}/extra_specs/a`, {}, "PUT")).toBe("{} should be non-empty");
  });

  it("has an encryption with a key size that is an integer of at least 0", async () => {
    const refused = (values: object) =>
      refusal(`/${ID}/encryption`, {
        encryption: { provider: "luks", control_location: "front-end", ...values },
      });
    expect(await refused({ key_size: -1 })).toBe(of("key_size", "-1", "-1 is less than the minimum of 0"));
    expect(await refused({ key_size: "-1" })).toBe(of("key_size", "-1", "-1 is less than the minimum of 0"));
    for (const key_size of ["many", ""]) {
      expect(await refused({ key_size })).toBe("Invalid input received: key_size must be an integer.");
    }
    expect(await refused({ cipher: 5 })).toBe(of("cipher", "5", NOT_TEXT));
  });
});
