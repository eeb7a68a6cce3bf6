import { describe, expect, it } from "vitest";
import { openKey, sealKey } from "../../../src/transfers/facade/sealed_key.ts";

const before = { authKeySecret: "the secret before the rotation, 32+", previousAuthKeySecret: undefined };
const rotated = {
  authKeySecret: "the secret after the rotation, 32+",
  previousAuthKeySecret: before.authKeySecret,
};

describe("Cinder's key of a transfer, sealed", () => {
  it("is opened under the secret that sealed it, also after a rotation", async () => {
    const sealed = await sealKey(before, "transfer", "0123456789abcdef");
    expect(sealed).not.toContain("0123456789abcdef");
    expect(await openKey(before, "transfer", sealed)).toBe("0123456789abcdef");
    expect(await openKey(rotated, "transfer", sealed)).toBe("0123456789abcdef");
  });

  it("is opened under no other secret, and for no other transfer", async () => {
    const sealed = await sealKey(before, "transfer", "0123456789abcdef");
    expect(
      await openKey({ ...rotated, previousAuthKeySecret: undefined }, "transfer", sealed),
    ).toBeUndefined();
    expect(await openKey(before, "another transfer", sealed)).toBeUndefined();
    expect(await openKey(before, "transfer", "")).toBeUndefined();
  });
});
