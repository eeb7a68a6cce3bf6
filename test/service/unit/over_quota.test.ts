import { describe, expect, it } from "vitest";
import { ALL_TYPES } from "../../../src/db/schema/index.ts";
import {
  overQuota,
  type QuotaRequest,
  type QuotaState,
  quotaFault,
  quotaName,
} from "../../../src/quotas/room.ts";

/** Returns a quota without limits and usage, except for the given ones. */
const state = (given: Partial<QuotaState> = {}): QuotaState => ({
  volume_type: ALL_TYPES,
  volumes_limit: -1,
  gigabytes_limit: -1,
  snapshots_limit: -1,
  per_volume_gigabytes_limit: -1,
  volumes_in_use: 0,
  gigabytes_in_use: 0,
  snapshots_in_use: 0,
  ...given,
});
const luks = (given: Partial<QuotaState>): QuotaState => state({ volume_type: "LUKS", ...given });

type Asked = QuotaRequest<number>;
const volume = (size: number): Asked => ({ volumes: 1, gigabytes: size, snapshots: 0, volume_size: size });
const snapshots = (count: number, gigabytes: number): Asked => ({
  volumes: 0,
  gigabytes,
  snapshots: count,
  volume_size: 0,
});

describe("the message for an exceeded quota", () => {
  it.each([
    [
      "volumes",
      volume(3),
      { volumes_limit: 0 },
      "Maximum number of volumes allowed (0) exceeded for quota 'volumes'.",
    ],
    [
      "volumes, some in use",
      volume(1),
      { volumes_limit: 3, volumes_in_use: 3 },
      "Maximum number of volumes allowed (3) exceeded for quota 'volumes'.",
    ],
    [
      "gigabytes",
      volume(3),
      { volumes_limit: 10, gigabytes_limit: 2 },
      "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 3G, quota is 2G and 0G has been consumed.",
    ],
    [
      "gigabytes, some in use",
      snapshots(1, 1),
      { gigabytes_limit: 1, gigabytes_in_use: 1 },
      "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 1G, quota is 1G and 1G has been consumed.",
    ],
    [
      "the size of a volume",
      volume(3),
      { per_volume_gigabytes_limit: 2 },
      "Requested volume size 3G is larger than maximum allowed limit 2G.",
    ],
    [
      "snapshots",
      snapshots(1, 1),
      { snapshots_limit: 0 },
      "Maximum number of snapshots allowed (0) exceeded",
    ],
  ])("is Cinder's: %s", (_quota, asked, limits, message) => {
    expect(overQuota([state(limits)], asked)?.message).toBe(message);
  });

  it.each([
    [volume(1), { volumes_limit: 0 }, "VolumeLimitExceeded"],
    [volume(1), { gigabytes_limit: 0 }, "VolumeSizeExceedsAvailableQuota"],
    [volume(1), { per_volume_gigabytes_limit: 0 }, "VolumeSizeExceedsLimit"],
    [snapshots(1, 1), { snapshots_limit: 0 }, "SnapshotLimitExceeded"],
    [snapshots(1, 1), { gigabytes_limit: 0 }, "VolumeSizeExceedsAvailableQuota"],
  ])("has the name of Cinder's exception: %j with %j is %s", (asked, limits, exception) => {
    expect(overQuota([state(limits)], asked)?.exception).toBe(exception);
  });
});

describe("a quota limit", () => {
  const limits = [
    "volumes_limit",
    "gigabytes_limit",
    "snapshots_limit",
    "per_volume_gigabytes_limit",
  ] as const;
  const everything: Asked = { volumes: 1, gigabytes: 5, snapshots: 1, volume_size: 5 };

  it("of -1 means no limit", () => {
    const used = { volumes_in_use: 1e9, gigabytes_in_use: 1e9, snapshots_in_use: 1e9 };
    expect(overQuota([state(used), luks(used)], everything)).toBeUndefined();
  });

  it.each(limits)("of 0 leaves no room: %s", (limit) => {
    expect(overQuota([state({ [limit]: 0 })], everything)).toBeDefined();
  });

  it.each([
    [{ volumes_limit: 5, volumes_in_use: 4 }, volume(1)],
    [{ gigabytes_limit: 10, gigabytes_in_use: 7 }, volume(3)],
    [{ snapshots_limit: 5, snapshots_in_use: 3 }, snapshots(2, 1)],
    [{ per_volume_gigabytes_limit: 3 }, volume(3)],
  ])("can be reached: %j has room for %j", (given, asked) => {
    expect(overQuota([state(given)], asked)).toBeUndefined();
  });

  it.each([
    [{ volumes_limit: 5, volumes_in_use: 5 }, volume(1)],
    [{ gigabytes_limit: 10, gigabytes_in_use: 8 }, volume(3)],
    [{ snapshots_limit: 5, snapshots_in_use: 4 }, snapshots(2, 1)],
    [{ per_volume_gigabytes_limit: 2 }, volume(3)],
  ])("cannot be exceeded: %j has no room for %j", (given, asked) => {
    expect(overQuota([state(given)], asked)).toBeDefined();
  });

  it("that is less than the usage rejects only requests that add to the usage", () => {
    const full = state({ volumes_limit: 1, volumes_in_use: 2, gigabytes_limit: 1, gigabytes_in_use: 9 });
    expect(overQuota([full], snapshots(1, 0))).toBeUndefined();
    expect(overQuota([full], snapshots(1, 1))?.exception).toBe("VolumeSizeExceedsAvailableQuota");
    expect(overQuota([state({ snapshots_limit: 1, snapshots_in_use: 2 })], volume(1))).toBeUndefined();
  });

  it("of the size of a volume does not apply to its snapshots", () => {
    expect(overQuota([state({ per_volume_gigabytes_limit: 1 })], snapshots(1, 5))).toBeUndefined();
  });
});

describe("the message for several exceeded quotas", () => {
  const none = { volumes_limit: 0, gigabytes_limit: 0, snapshots_limit: 0, per_volume_gigabytes_limit: 0 };

  it.each([
    ["the size of a volume before gigabytes and the count", volume(1), none, "VolumeSizeExceedsLimit"],
    [
      "gigabytes before the count of volumes",
      volume(1),
      { ...none, per_volume_gigabytes_limit: -1 },
      "VolumeSizeExceedsAvailableQuota",
    ],
    ["gigabytes before the count of snapshots", snapshots(1, 1), none, "VolumeSizeExceedsAvailableQuota"],
  ])("is %s", (_order, asked, limits, exception) => {
    expect(overQuota([state(limits)], asked)?.exception).toBe(exception);
  });

  it.each([
    [volume(2), { gigabytes_limit: 1 }, "gigabytes quota"],
    [volume(2), { volumes_limit: 0 }, "'volumes'"],
  ])("is about all types before it is about one type: %j with %j", (asked, limits, told) => {
    expect(overQuota([state(limits), luks(limits)], asked)?.message).toContain(told);
  });

  it("is about the gigabytes of a type before the count over all types", () => {
    const exceeded = overQuota([state({ volumes_limit: 0 }), luks({ gigabytes_limit: 0 })], volume(1));
    expect(exceeded?.exception).toBe("VolumeSizeExceedsAvailableQuota");
  });
});

describe("the quota of a volume type", () => {
  it.each([
    [
      volume(3),
      { volumes_limit: 0 },
      "Maximum number of volumes allowed (0) exceeded for quota 'volumes_LUKS'.",
    ],
    [
      volume(3),
      { gigabytes_limit: 4, gigabytes_in_use: 2 },
      "Requested volume or snapshot exceeds allowed gigabytes_LUKS quota. " +
        "Requested 3G, quota is 4G and 2G has been consumed.",
    ],
    [snapshots(1, 1), { snapshots_limit: 0 }, "Maximum number of snapshots allowed (0) exceeded"],
  ])("applies in addition to the quota over all types: %j with %j", (asked, limits, message) => {
    expect(overQuota([state(), luks(limits)], asked)?.message).toBe(message);
  });

  it("is named after the type", () => {
    expect(quotaName("volumes", "LUKS")).toBe("volumes_LUKS");
    expect(quotaName("volumes", "__DEFAULT__")).toBe("volumes___DEFAULT__");
    expect(quotaName("volumes", ALL_TYPES)).toBe("volumes");
  });
});

describe("a request that the database has rejected", () => {
  it("is answered with 413 and the message of the quota that it exceeds", () => {
    const { status, message } = quotaFault([state({ volumes_limit: 0 })], volume(1));
    expect({ status, message }).toEqual({
      status: 413,
      message: "VolumeLimitExceeded: Maximum number of volumes allowed (0) exceeded for quota 'volumes'.",
    });
  });

  it("throws if all quotas have room: guard and messages disagree", () => {
    expect(() => quotaFault([state()], volume(1))).toThrow("a request within its quota was refused");
  });
});
