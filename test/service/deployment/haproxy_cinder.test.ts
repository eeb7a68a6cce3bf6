import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { freePort } from "../../support/free_port.ts";
import { KillableProcess } from "../../support/killable_process.ts";
import { type LibsqlService, startLibsqlService } from "../../support/service.ts";
import { send, Upstream } from "../facade/upstream.ts";
import { areInstalled } from "./programs.ts";

const DEFAULTS = "defaults\n    timeout connect 10s\n    timeout client 60s\n    timeout server 60s\n";

describe.runIf(areInstalled("haproxy"))("HAProxy with examples/deployment/haproxy-cinder.cfg", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  let keystone: FakeKeystone;
  let cinder: Upstream;
  let service: LibsqlService;
  let haproxy: KillableProcess;
  let url: string;

  beforeAll(async () => {
    [keystone, cinder] = await Promise.all([FakeKeystone.start(), Upstream.start()]);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    service = await startLibsqlService({
      AUTH_STRATEGY: "keystone",
      AUTH_KEY_SECRET: "a secret of the tests, of 32 characters at least",
      KEYSTONE_URL: keystone.url,
      CINDER_URL: cinder.url,
      PUBLIC_ENDPOINT: url,
    });
    const configuration = readFileSync("examples/deployment/haproxy-cinder.cfg", "utf8")
      .replace(/\{\{ kolla_internal_vip_address \}\}:\d+/, `127.0.0.1:${port}`)
      .replace(/\{\{ cinder_api_address \}\}:\d+/, new URL(cinder.url).host)
      .replace(/\{\{ volume_transfers_address \}\}:\d+/, new URL(service.url).host);
    const file = path.join(folder, "haproxy.cfg");
    writeFileSync(file, DEFAULTS + configuration);
    haproxy = new KillableProcess({
      title: "haproxy",
      file: "haproxy",
      args: ["-db", "-f", file],
      cwd: folder,
    });
    cinder.behaviour = (_request, response) => response.end("of Cinder");
    await vi.waitFor(async () => expect((await send(url, "/v3/p/volumes")).status).toBe(200), {
      timeout: 60_000,
      interval: 200,
    });
  });
  afterAll(async () => {
    await haproxy?.kill("SIGKILL");
    await service?.stop();
    await Promise.all([keystone?.stop(), cinder?.stop()]);
    rmSync(folder, { recursive: true });
  });

  it.each([
    "/",
    "/v3/",
    "/v3/p/volumes",
    "/v3/p/volumes/detail?name=volume-transfers",
    "/v3/p/snapshots/events-2",
  ])("leaves a request to Cinder that is no transfer: %s", async (target) => {
    cinder.behaviour = (_request, response) => response.end("of Cinder");
    expect((await send(url, target)).text).toBe("of Cinder");
    // The service would have named its address.
    expect(cinder.last.headers).not.toHaveProperty("x-forwarded-host");
  });

  it.each([
    "/v3/p/volume-transfers",
    "/v3/volume-transfers/detail",
    "/v3/p/os-volume-transfer/1/accept",
    "//v3//p//os-volume-transfer",
    "/v3/p/volume-transfers.json",
    "/v3/p/events",
  ])("sends a transfer to the service, which checks the token: %s", async (target) => {
    cinder.behaviour = (_request, response) => response.end("of Cinder");
    const { status, headers } = await send(url, target);
    expect([status, headers["www-authenticate"]]).toEqual([401, `Keystone uri="${keystone.url}/v3"`]);
    expect(cinder.requests).toEqual([]);
  });

  it("serves the page", async () => {
    expect((await send(url, "/handoff")).headers["content-type"]).toContain("text/html");
  });
});
