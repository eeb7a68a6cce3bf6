import { describe, expect, it } from "vitest";
import { ALICE, post } from "./service.ts";

const TRANSFERS = "/v3/volume-transfers";

describe("a request's body", () => {
  const VALID = JSON.stringify({ transfer: { volume_id: "aaaaaaaa-1111-4222-8333-444444444444" } });
  const postAs = (type: string) =>
    post(TRANSFERS, VALID, ALICE, { "Content-Type": type }).then((response) => response.status);

  it.each([
    "application/json",
    "application/vnd.openstack.volume+json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "Application/JSON",
  ])("is read as JSON if its Content-Type is %s", async (type) => {
    expect(await postAs(type)).toBe(404);
  });

  it.each([
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "json",
  ])("is rejected with 415 if its Content-Type is %s", async (type) => {
    expect(await postAs(type)).toBe(415);
  });

  it.each([10, 1_000])("of %i nested lists is rejected as any other list", async (depth) => {
    const response = await post(TRANSFERS, `{"transfer":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      badRequest: { message: expect.stringMatching(/is not of type 'object'$/) },
    });
  });
});
