import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { startCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { REGION } from "../keystone/data.ts";
import { type Keystone, startKeystone, USERS, type UserName } from "../keystone/keystone.ts";
import { openstackVariables } from "./client_config.ts";
import { addRegion } from "./deployments.ts";
import { installedProgram } from "./installation.ts";
import { OPENSTACK_COMMANDS } from "./openstack.ts";
import { runCommand } from "./run_client.ts";

/** The regions of the catalog, and of the one service that serves both. */
const REGIONS = [REGION, "RegionTwo"] as const;
type RegionName = (typeof REGIONS)[number];

const created = z.object({ id: z.string(), auth_key: z.string().optional() });
const listed = z.array(z.object({ ID: z.string() }));

describe.each([
  ["D1", "start"],
  ["libSQL", "serve"],
] as const)("openstack --os-region-name, with two regions on %s (npm run %s)", (_database, command) => {
  const cleanups: (() => Promise<unknown>)[] = [];
  let keystone: Keystone;

  beforeAll(async () => {
    const port = await freePort();
    const urlOf = (region: RegionName) => `${serverUrl("127.0.0.1", port)}/${region}/v3/%(project_id)s`;
    keystone = await startKeystone({ blockStorageUrl: urlOf(REGION) });
    cleanups.push(keystone.close);
    await addRegion(keystone, "RegionTwo", urlOf("RegionTwo"));
    const data = await mkdtemp(path.join(tmpdir(), "volume-transfers-test-"));
    cleanups.push(() => rm(data, { recursive: true }));
    const service = await startCommand(command, {
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: keystone.url,
      REGIONS: REGIONS.join(" "),
      PORT: String(port),
      DATA_DIR: data,
    });
    cleanups.push(service.stop);
  }, 300_000);
  afterAll(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  /** Runs `openstack` as a user in a region. */
  async function run<T>(
    user: UserName,
    region: RegionName,
    schema: z.ZodType<T>,
    args: readonly string[],
  ): Promise<T> {
    const { url, password } = keystone;
    const { OS_REGION_NAME: _, ...variables } = openstackVariables({
      auth: "Keystone",
      ...{ url, password, user, region, project: USERS[user].project },
    });
    const output = await runCommand(
      installedProgram("openstack"),
      ["--os-region-name", region, ...args, "--format", "json"],
      variables,
    );
    return schema.parse(JSON.parse(output));
  }

  const listVolumes = async (user: UserName, region: RegionName): Promise<string[]> =>
    (await run(user, region, listed, ["volume", "list"])).map(({ ID }) => ID);

  it.each([
    [REGIONS[0], REGIONS[1]],
    [REGIONS[1], REGIONS[0]],
  ])("hands a volume over in %s, which %s does not have", { timeout: 300_000 }, async (region, other) => {
    const volume = await run("alice", region, created, OPENSTACK_COMMANDS.createVolume(1));
    const transfer = await run(
      "alice",
      region,
      created,
      OPENSTACK_COMMANDS.createTransfer(volume.id, { name: "handoff" }),
    );
    const accept = OPENSTACK_COMMANDS.acceptTransfer(transfer.id, transfer.auth_key ?? "");
    await expect(run("bob", other, created, accept)).rejects.toThrow(transfer.id);
    await run("bob", region, created, accept);
    expect(await listVolumes("bob", region)).toContain(volume.id);
    expect(await listVolumes("bob", other)).not.toContain(volume.id);
    expect(await listVolumes("alice", region)).not.toContain(volume.id);
  });
});
