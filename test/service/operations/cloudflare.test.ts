import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { readWranglerConfig, type WranglerConfig } from "../../../src/cli/servers/wrangler.ts";
import { secretsToUpload, varsToDeploy } from "../../../src/cli/settings/deployment.ts";

const wranglerToml = z.object({
  workers_dev: z.boolean(),
  preview_urls: z.boolean(),
  assets: z.object({ run_worker_first: z.array(z.string()) }),
  observability: z.object({
    logs: z.object({ head_sampling_rate: z.number(), invocation_logs: z.boolean() }),
  }),
});

const processes = new Processes((failure) => console.error(failure.message));
let config: WranglerConfig;
beforeAll(async () => {
  config = await readWranglerConfig(processes);
});
afterAll(() => processes.stop());

describe("the Worker on Cloudflare", () => {
  it("can resolve promises of other requests, which groups need", () => {
    expect(config.compatibilityDate >= "2024-10-14").toBe(true);
    expect(config.compatibilityFlags).toEqual(["enable_request_signal"]);
  });

  it("has one public address, at which only its newest version answers", () => {
    expect(wranglerToml.parse(config.raw)).toMatchObject({ workers_dev: true, preview_urls: false });
  });

  it("handles every path but those of files whose names contain their hashes", () => {
    const { run_worker_first } = wranglerToml.parse(config.raw).assets;
    expect(run_worker_first).toEqual(["/*", "!/handoff/*.js", "!/handoff/*.css"]);
  });

  it("logs what failed, in one line, and has smaller pages than elsewhere", () => {
    expect(config.vars).toMatchObject({ LOG_REQUESTS: "errors", OSAPI_MAX_LIMIT: "200" });
    const { logs } = wranglerToml.parse(config.raw).observability;
    expect(logs).toEqual({ head_sampling_rate: 1, invocation_logs: false });
  });
});

describe("the button that deploys", () => {
  it("asks for nothing that it could leave empty", () => {
    const values = parseEnv(readFileSync(".dev.vars.example", "utf8"));
    expect(Object.keys(values).toSorted()).toEqual(["AUTH_STRATEGY", "KEYSTONE_URL"]);
    expect(Object.values(values)).not.toContain("");
  });

  it("gets a secret from npm run deploy", () => {
    expect(secretsToUpload(config, {}, ["AUTH_STRATEGY", "KEYSTONE_URL"])).toEqual({
      AUTH_KEY_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(secretsToUpload(config, {}, ["AUTH_KEY_SECRET"])).toEqual({});
  });
});

describe("a variable of wrangler.toml", () => {
  const vars = { LOG_REQUESTS: "errors", OSAPI_MAX_LIMIT: "200" };

  it("has the value of the environment, and is then no secret as well", () => {
    const environment = { LOG_REQUESTS: "all", AUTH_KEY_SECRET: "s" };
    expect(varsToDeploy({ vars }, environment, [])).toEqual({ ...vars, LOG_REQUESTS: "all" });
    expect(secretsToUpload({ vars }, environment, [])).toEqual({ AUTH_KEY_SECRET: "s" });
  });

  it("stays a secret if the deployed Worker has it as one", () => {
    const environment = { LOG_REQUESTS: "all", AUTH_KEY_SECRET: "s" };
    expect(varsToDeploy({ vars }, environment, ["LOG_REQUESTS"])).toEqual({ OSAPI_MAX_LIMIT: "200" });
    expect(secretsToUpload({ vars }, environment, ["LOG_REQUESTS"])).toEqual(environment);
  });
});
