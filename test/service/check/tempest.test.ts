import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { EXCLUSIONS } from "../../interoperability/tempest/exclusions.ts";
import { findRefusals } from "../../interoperability/tempest/refusals.ts";
import { exclusionTable, judge } from "../../interoperability/tempest/report.ts";
import { select } from "../../interoperability/tempest/selection.ts";

const URL = "http://127.0.0.1:8776";

/** Returns the entries of Tempest's log for a request. */
const logged = (caller: string, request: string, status: number, body = "None"): string => {
  const [method, requestPath] = request.split(" ");
  const prefix = "2026-11-26 13:06:15.645 10420";
  return `${prefix} INFO tempest.lib.common.rest_client [req-1 ] Request (${caller}): ${status} ${method} ${URL}/v3/p/${requestPath} 2.010s
${prefix} DEBUG tempest.lib.common.rest_client [req-1 ] Request - Headers: {'Accept': 'application/json'}
        Body: ${body}
    Response - Headers: {'status': '${status}'}
        Body: b'{}' _log_request_full rest_client.py:489`;
};
const refusals = (...entries: string[]) =>
  findRefusals(entries.join("\n"), URL).map(({ caller, feature }) => `${caller} ${feature}`);

describe("a test of Tempest whose requests were refused", () => {
  it("fails if no request of the run has used the call, the action, the parameter or the member with success", () => {
    const volume = '{"volume": {"size": 1}}';
    const clone = '{"volume": {"size": 1, "source_volid": "v"}}';
    expect(
      refusals(
        logged("A:test_a", "POST volumes", 202, volume),
        logged("A:test_b", "POST volumes", 400, clone),
        logged("A:test_c", "POST volumes/1/action", 400, '{"os-extend": {"new_size": 0}}'),
        logged("A:test_d", "GET volumes?status=error", 400),
        logged("A:test_e", "GET volumes", 200),
        logged("A:test_f", "GET os-services", 404),
      ),
    ).toEqual([
      "A:test_b POST volumes with source_volid",
      "A:test_c volumes: os-extend",
      "A:test_d GET volumes ?status",
      "A:test_f GET os-services",
    ]);
  });

  it("passes if another request has succeeded", () => {
    const extend = '{"os-extend": {"new_size": 0}}';
    expect(
      refusals(
        logged("A:test_a", "POST volumes/1/action", 400, extend),
        logged("A:test_b", "POST volumes/2/action", 202, extend),
      ),
    ).toEqual([]);
  });

  it("is reported with what was refused", () => {
    const test = "admin.test_x.A.test_a";
    const passed = { test, outcome: "passed", details: "" } as const;
    const refusal = { caller: "A:test_a", feature: "GET os-services" };
    expect(judge(test, [passed], [])).toEqual(passed);
    expect(judge(test, [passed], [refusal])).toEqual({
      test,
      outcome: "failed",
      details: "The service refused every request of the run: GET os-services",
    });
  });
});

describe("a test of Tempest without a result", () => {
  const test = "admin.test_x.A.test_a";

  it("has failed or was skipped as its class", () => {
    const setup = { test: "setUpClass (admin.test_x.A)", outcome: "skipped", details: "no Glance" } as const;
    expect(judge(test, [setup], [])).toEqual({ ...setup, test });
  });

  it("has failed if its class was set up", () => {
    expect(judge(test, [], []).outcome).toBe("failed");
  });
});

describe("the exclusions", () => {
  const exclusions = [{ reason: "r", tests: ["test_x.A", "test_y.B.test_b"] }];
  const tests = ["test_x.A.test_a", "test_x.Another.test_a", "test_y.B.test_b", "test_y.B.test_b2"];

  it("leave out modules, classes and tests", () => {
    expect(select(tests, exclusions, "")).toEqual({
      selected: ["test_x.Another.test_a", "test_y.B.test_b2"],
      excluded: 2,
    });
  });

  it("must each name a test that no other names", () => {
    const twice = [...exclusions, { reason: "r", tests: ["test_x"] }];
    expect(() => select(tests, twice, "")).toThrow("these tests are excluded twice: test_x.A.test_a.");
    expect(() => select(tests.slice(1), exclusions, "")).toThrow("these exclusions name no test: test_x.A.");
  });

  it("are documented, each with its reason", () => {
    const document = readFileSync(path.join(projectFolder, "docs/compatibility.md"), "utf8");
    expect(document).toContain(exclusionTable(EXCLUSIONS));
    expect(EXCLUSIONS.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});
