import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startVolumeTransfers, type VolumeTransfersService } from "../../../../src/cli/testing.ts";
import { Client } from "../../../support/client.ts";
import { runCommand, spawnCommand } from "../../../support/command.ts";
import { freePort } from "../../../support/free_port.ts";
import { CREDENTIAL_SECRET, startTokenKeystone } from "../../../support/token_keystone.ts";
import { type Defect, startBrokenEndpoint } from "./broken_endpoint.ts";
import { DEFECTS } from "./defects.ts";
import { elementsOf } from "./xml.ts";

const reportSchema = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  results: z.array(z.object({ id: z.string(), outcome: z.string() })),
  left_behind: z.array(z.string()),
});

const hex32 = () => crypto.randomUUID().replaceAll("-", "");

/** Tokens of users of projects that nobody else uses. */
const newUsers = () => ({
  OS_TOKEN: `alice:${hex32()}`,
  OTHER_OS_TOKEN: `bob:${hex32()}`,
  ADMIN_OS_TOKEN: `root:${hex32()}:admin`,
});

const conform = (
  url: string,
  args: readonly string[] = [],
  users: Partial<ReturnType<typeof newUsers>> = newUsers(),
) => runCommand("conform", [url, ...args], users);

/** Returns the rules that an endpoint with a defect breaks. */
async function broken(defect: Defect, only: string): Promise<string[]> {
  const endpoint = await startBrokenEndpoint(service.url, defect);
  const { output } = await conform(endpoint.url, ["--json", "--only", only]);
  await endpoint.stop();
  const { results } = reportSchema.parse(JSON.parse(output.slice(0, output.lastIndexOf("}") + 1)));
  return results.flatMap(({ id, outcome }) => (outcome === "failed" ? [id] : []));
}

let service: VolumeTransfersService;
beforeAll(async () => {
  service = await startVolumeTransfers();
});
afterAll(() => service?.close());

describe("npm run conform", () => {
  it("finds nothing in the service, and leaves nothing behind", async () => {
    const users = newUsers();
    const { code, output } = await conform(service.url, ["--json"], users);
    const report = reportSchema.parse(JSON.parse(output));
    expect(report.results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(report).toMatchObject({ failed: 0, skipped: 0, left_behind: [] });
    expect(report.passed).toBeGreaterThan(100);
    expect(code).toBe(0);
    expect(await leftOf(users)).toEqual([]);
  });

  it.each(DEFECTS)("finds an endpoint that %s", async (_, only, rules, makeDefect) => {
    expect(await broken(makeDefect(), only)).toEqual(expect.arrayContaining([...rules]));
  });

  it("prints what was expected, and a command that repeats the request, without secrets", async () => {
    const users = newUsers();
    const endpoint = await startBrokenEndpoint(service.url, {
      change: (answer) => {
        if (answer.path.endsWith("/accept")) answer.status = 200;
      },
    });
    const { code, output } = await conform(endpoint.url, ["--only", "accept/moves-volume"], users);
    await endpoint.stop();
    expect(code).toBe(1);
    expect(output).toContain("FAIL  accept/moves-volume: An accept moves the volume");
    expect(output).toMatch(/expected: 202\n {6}got: {6}200 \{"transfer":\{/);
    expect(output).toMatch(/request: {2}curl -is -X POST -H "X-Auth-Token: \$OTHER_TOKEN" .*\/accept'\n/);
    expect(output).toContain('{"accept":{"auth_key":"<auth_key>"}}');
    for (const token of Object.values(users)) expect(output).not.toContain(token);
  });

  it("skips the rules that need an admin if there is none", async () => {
    const { ADMIN_OS_TOKEN: _, ...users } = newUsers();
    const { code, output } = await conform(service.url, ["--only", "quota/full", "--verbose"], users);
    expect(output).toContain("reason:   it needs the token of an admin");
    expect(output).toContain("0 rules passed, 0 failed, 2 were skipped");
    expect(code).toBe(0);
  });

  it("gets its tokens from Keystone", async () => {
    const keystone = await startTokenKeystone();
    const credential = (prefix: string, user: string) => ({
      [`${prefix}OS_APPLICATION_CREDENTIAL_ID`]: `${user}:${hex32()}`,
      [`${prefix}OS_APPLICATION_CREDENTIAL_SECRET`]: CREDENTIAL_SECRET,
    });
    const variables = {
      ...credential("", "alice"),
      ...credential("OTHER_", "bob"),
      OS_AUTH_URL: keystone.url,
    };
    const { output } = await runCommand("conform", [service.url, "--only", "show/"], variables);
    expect(output).toContain("3 rules passed, 0 failed");
    const wrong = { ...variables, OS_APPLICATION_CREDENTIAL_SECRET: "wrong" };
    expect(await runCommand("conform", [service.url], wrong)).toEqual({
      code: 2,
      output: `volume-transfers: Keystone at ${keystone.url}/v3 refused OS_* with 401.\n`,
    });
    await keystone.stop();
  });

  it.each(["SIGINT", "SIGTERM"] as const)("removes what it has created after %s", async (signal) => {
    const users = newUsers();
    const running = spawnCommand("conform", [service.url], users);
    while ((await leftOf(users)).length === 0) await sleep(20);
    expect(await running.kill(signal)).toBe(signal === "SIGINT" ? 130 : 143);
    expect(await leftOf(users)).toEqual([]);
  });

  it("names what it could not remove", async () => {
    const endpoint = await startBrokenEndpoint(service.url, {
      replace: ({ method, path }) => (method === "DELETE" && path.includes("/volumes/") ? 403 : undefined),
    });
    const { output } = await conform(endpoint.url, ["--only", "show/unknown"]);
    await endpoint.stop();
    expect(output).toMatch(/left behind: volume [0-9a-f-]{36}\n/);
  });

  it("writes the report as JUnit XML, which is well-formed", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-conform-"));
    const file = path.join(folder, "report.xml");
    const endpoint = await startBrokenEndpoint(service.url, {
      change: (answer) => {
        if (answer.status === 404) answer.text = '<b class="x">\u0001 & 404';
      },
    });
    await conform(endpoint.url, ["--only", "show/", "--junit", file]);
    await endpoint.stop();
    const xml = readFileSync(file, "utf8");
    rmSync(folder, { recursive: true });
    expect(elementsOf(xml)).toMatchObject({ testsuites: 1, testsuite: 1, testcase: 4, failure: 3 });
    expect(xml).toContain('tests="4" failures="3" errors="0" skipped="0"');
  });

  it.each<[string, (url: string) => Promise<{ readonly code: number; readonly output: string }>, string]>([
    ["that cannot be reached", async () => conform(`http://127.0.0.1:${await freePort()}`), "ECONNREFUSED"],
    [
      "that refuses the token",
      (url) => conform(url, ["--project-id", "p"], { ...newUsers(), OS_TOKEN: "x" }),
      "it refuses the token of --token with 401",
    ],
    ["without a project", (url) => conform(url, [], { ...newUsers(), OS_TOKEN: "x" }), "--project-id"],
    [
      "without the token of a second project",
      (url) => conform(url, [], { OS_TOKEN: "a:b" }),
      "set OTHER_OS_TOKEN",
    ],
    [
      "with two tokens of one project",
      (url) => conform(url, [], { OS_TOKEN: "a:b", OTHER_OS_TOKEN: "c:b" }),
      "a transfer needs two projects",
    ],
    [
      "as an admin, who sees everything",
      (url) => conform(url, [], { ...newUsers(), OTHER_OS_TOKEN: `root:${hex32()}:admin` }),
      "it must be a member's",
    ],
    ["of another API", (url) => conform(`${url}/handoff`), "names no version 3"],
  ])("does not judge an endpoint %s", async (_, judge, message) => {
    const { code, output } = await judge(service.url);
    expect(output).toContain(message);
    expect(code).toBe(2);
  });
});

/** Returns the ids of the volumes and snapshots of users. */
async function leftOf({ OS_TOKEN, OTHER_OS_TOKEN }: ReturnType<typeof newUsers>): Promise<string[]> {
  const ids: string[] = [];
  for (const token of [OS_TOKEN, OTHER_OS_TOKEN]) {
    const client = new Client(service.url, { token, project: token.split(":")[1] ?? "" });
    ids.push(...(await client.get("volumes")).body.volumes.map(({ id }) => id));
    ids.push(...(await client.get("snapshots")).body.snapshots.map(({ id }) => id));
  }
  return ids;
}
