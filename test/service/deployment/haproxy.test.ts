import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CommandService, startCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { KillableProcess } from "../../support/killable_process.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { areInstalled, run } from "./programs.ts";

/** The defaults of Kolla-Ansible, for all services. */
const DEFAULTS = `
defaults
    timeout connect 10s
    timeout client 60s
`;

describe.runIf(areInstalled("haproxy", "openssl"))("HAProxy with the services of examples/deployment", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  let service: CommandService;
  let haproxy: KillableProcess;
  let port: number;

  /** Sends a request through HAProxy, whose certificate nobody has signed. */
  const send = (method: string, target: string, body?: object) =>
    new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
      const headers = { "X-Auth-Token": "alice:alpha", "Content-Type": "application/json" };
      request(`https://127.0.0.1:${port}${target}`, { method, headers, rejectUnauthorized: false })
        .on("response", async (response) => {
          const answer = await json(response).catch(() => undefined);
          resolve({ status: response.statusCode, text: JSON.stringify(answer) });
        })
        .on("error", reject)
        .end(body && JSON.stringify(body));
    });
  const until = (status: number) =>
    vi.waitFor(async () => expect((await send("GET", "/v3/alpha/volumes")).status).toBe(status), {
      timeout: 60_000,
      interval: 200,
    });

  const start = async (servicePort: string) => {
    service = await startCommand("serve", {
      ...NO_QUOTA,
      DATA_DIR: path.join(folder, "data"),
      PORT: servicePort,
      PUBLIC_ENDPOINT: `https://127.0.0.1:${port}`,
    });
  };
  const restart = async (between = async () => {}) => {
    await service.stop();
    await between();
    await start(new URL(service.url).port);
  };

  beforeAll(async () => {
    port = await freePort();
    await start(String(await freePort()));
    const file = (name: string) => path.join(folder, name);
    await run("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"],
      ...["-keyout", file("key"), "-out", file("certificate")],
    ]);
    writeFileSync(
      file("haproxy.pem"),
      readFileSync(file("certificate"), "utf8") + readFileSync(file("key"), "utf8"),
    );
    const services = readFileSync("examples/deployment/haproxy-services.cfg", "utf8")
      .replace(/\{\{ kolla_external_vip_address \}\}:\d+/, `127.0.0.1:${port}`)
      .replace(/\{\{ volume_transfers_address .*\}\}:8776/, new URL(service.url).host)
      .replace("/etc/haproxy/certificates/haproxy.pem", file("haproxy.pem"));
    writeFileSync(file("haproxy.cfg"), DEFAULTS + services);
    haproxy = new KillableProcess({
      title: "haproxy",
      file: "haproxy",
      args: ["-db", "-f", file("haproxy.cfg")],
      cwd: folder,
    });
    await until(200);
  });
  afterAll(async () => {
    await haproxy?.kill("SIGKILL");
    await service?.stop();
    rmSync(folder, { recursive: true });
  });

  it("serves the API at its own address, which the links have", async () => {
    const { status, text } = await send("POST", "/v3/alpha/volumes", { volume: { size: 1 } });
    expect(status).toBe(202);
    expect(text).toContain(`"https://127.0.0.1:${port}/v3/alpha/volumes/`);
  });

  it("fails no request while the service restarts", async () => {
    let running = true;
    const statuses: unknown[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (running) {
        const sent = send("POST", "/v3/alpha/volumes", { volume: { size: 1 } });
        statuses.push(await sent.then(({ status }) => status).catch((error: unknown) => error));
      }
    });
    const until = async (count: number) => {
      for (const goal = statuses.length + count; statuses.length < goal; ) await sleep(10);
    };
    await until(100);
    await restart();
    await until(100);
    running = false;
    await Promise.all(clients);
    expect(new Set(statuses)).toEqual(new Set([202]));
  });

  it("returns 503 while the service is down, and serves again when it is back", async () => {
    await restart(() => until(503));
    await until(200);
  });
});
