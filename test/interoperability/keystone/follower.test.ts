import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { Client } from "../../support/client.ts";
import { runCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { type LibsqlService, startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { Follower } from "../follower/follower.ts";
import { type Keystone, startKeystone } from "./keystone.ts";

/** A limit that only a follower in error reaches. */
const WAIT = { timeout: 60_000, interval: 250 };

let keystone: Keystone;
let service: LibsqlService;
/** A service that stands in for Cinder: it has the same API. */
let cinder: LibsqlService;
let follower: Follower | undefined;
beforeAll(async () => {
  keystone = await startKeystone({ blockStorageUrl: "http://127.0.0.1:8776" });
  const variables = {
    ...NO_QUOTA,
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    AUTH_KEY_SECRET: generateAuthKeySecret(),
  };
  const start = () => startLibsqlService(variables);
  [service, cinder] = await Promise.all([start(), start()]);
});
afterAll(async () => {
  await follower?.stop();
  await Promise.all([service?.stop(), cinder?.stop()]);
  await keystone?.close();
});

it("examples/cinder gets a token of each project from a real Keystone, once its user has a role there", async () => {
  const { alpha, beta, admin } = keystone.projects;
  const alice = new Client(service.url, { token: await keystone.token("alice"), project: alpha });
  const bob = new Client(service.url, { token: await keystone.token("bob"), project: beta });
  const volume = await alice.createVolume();
  const snapshot = await alice.createSnapshot(volume);
  const { code, output } = await runCommand("import", ["--from", service.url], {
    LIBSQL_URL: cinder.databaseUrl,
    OS_TOKEN: await keystone.token("admin"),
    OS_PROJECT_ID: admin,
  });
  expect(code, output).toBe(0);
  await bob.accept((await alice.createTransfer(volume)).body.transfer);

  await keystone.addToProject("admin", "alpha");
  const running = new Follower(
    "feed",
    { service: service.url, cinder: cinder.url, port: await freePort() },
    {
      OS_AUTH_URL: keystone.url,
      OS_USERNAME: "admin",
      OS_PASSWORD: keystone.password,
      OS_PROJECT_ID: admin,
    },
  );
  follower = running;
  await running.start();
  const refusal = `Keystone gave admin no token for project ${beta}: 401`;
  await vi.waitFor(() => expect(running.output).toContain(refusal), WAIT);
  await keystone.addToProject("admin", "beta");
  await vi.waitFor(() => expect(running.applied(volume)).toBeDefined(), WAIT);
  const mover = new Client(cinder.url, { token: await keystone.token("bob"), project: beta });
  expect((await mover.get(`volumes/${volume}`)).body.volume).toMatchObject({
    status: "available",
    "os-vol-tenant-attr:tenant_id": beta,
  });
  expect((await mover.get(`snapshots/${snapshot}`)).status).toBe(200);
});
