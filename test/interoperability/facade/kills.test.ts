import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, inject, it } from "vitest";
import type { Client, ServiceResponse, Transfer } from "../../support/client.ts";
import { member } from "../../support/member.ts";
import { FacadeDeployment } from "./deployment.ts";

/** `FACADE_HANDOVERS` shortens the run. */
const HANDOVERS = Number(process.env.FACADE_HANDOVERS ?? 500);
const VOLUMES = 12;
const PROJECTS = 4;
/** No offer may be stuck for longer, milliseconds. */
const STUCK_MS = 60_000;
/** What happens at a point at which it has happened before. */
const CHANCES = { kill: 0.02, drop: 0.03, delay: 0.03, cinder: 0.01 };

let running: FacadeDeployment;
/** When something was killed, dropped or delayed last. */
let disturbed = 0;
afterEach(() => running?.stop());

const pick = <T>(values: readonly T[]): T => {
  const value = values[Math.floor(Math.random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};
const happens = (what: keyof typeof CHANCES) => Math.random() < CHANCES[what];

/** Returns the processes of the API of a Cinder that its master starts again if they end. */
function apiWorkers(url: string): number[] {
  const { host } = new URL(url);
  const found = readdirSync("/proc").flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
      const parent = Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
      return command.includes("--wsgi-file") && command.includes(host) ? [{ pid: Number(pid), parent }] : [];
    } catch {
      return [];
    }
  });
  return found.filter(({ parent }) => found.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
}

/** Sends a request until it is answered. A lost connection, a 5xx and a 409 are repeated, for a minute of peace at most. */
async function untilAnswered(send: () => Promise<ServiceResponse>): Promise<ServiceResponse> {
  const started = Date.now();
  for (;;) {
    await running.untilRunning();
    const response = await send();
    if (response.status !== 0 && response.status < 500 && response.status !== 409) return response;
    if (Date.now() - Math.max(started, disturbed) > STUCK_MS) {
      throw new Error(`no answer in time: ${response.status} ${JSON.stringify(response.body)}`);
    }
    await sleep(300);
  }
}

it("leaves each volume with one owner in Cinder, although this service and Cinder are killed at any point", async () => {
  const cinderUrl = inject("cinderUrl");
  running = await FacadeDeployment.start(cinderUrl);
  const { proxy } = running;
  const projects: string[] = [];
  for (let i = 0; i < PROJECTS; i++) projects.push(await running.createProject());
  const volumes: string[] = [];
  for (let i = 0; i < VOLUMES; i++) {
    volumes.push(await running.createVolume(pick(projects), i % 3));
  }

  const counts = { kill: 0, drop: 0, delay: 0, cinder: 0 };
  const seen = new Set<string>();
  proxy.onPoint = async (point) => {
    const isNew = !seen.has(point);
    seen.add(point);
    const before = { ...counts };
    if (isNew || happens("kill")) {
      counts.kill++;
      // Before the service can read the answer, or soon afterwards.
      if (Math.random() < 0.5) await sleep(Math.random() * 20);
      void running.kill();
    }
    if (happens("cinder")) {
      const workers = apiWorkers(cinderUrl);
      if (workers.length > 0) {
        counts.cinder++;
        process.kill(pick(workers), "SIGKILL");
      }
    }
    if (happens("delay")) {
      counts.delay++;
      await sleep(Math.random() * 3000);
    }
    const drops = happens("drop");
    if (drops) counts.drop++;
    if (JSON.stringify(before) !== JSON.stringify(counts)) disturbed = Date.now();
    if (drops) {
      throw new Error("dropped by the test");
    }
  };

  /** What clients have seen, which must have no key of Cinder's. */
  const bodies: string[] = [];
  const send = async (client: Client, method: string, path: string, body?: unknown, key?: string) => {
    const response = await untilAnswered(() =>
      client.send(method, path, body, key === undefined ? {} : { "Idempotency-Key": key }),
    );
    bodies.push(JSON.stringify(response.body));
    return response;
  };

  /** The owner frees a volume with one call that is answered. One that was lost can reach Cinder late. */
  const free = async (volume: string): Promise<string> => {
    for (const started = Date.now(); ; await sleep(300)) {
      const { project, status } = await running.ownerOf(volume);
      if (status === "available") return project;
      expect(Date.now() - Math.max(started, disturbed), `${volume} is ${status}`).toBeLessThan(STUCK_MS);
      const owner = running.client(project);
      const { body } = await send(owner, "GET", `volume-transfers/detail?volume_id=${volume}`);
      const held = body.transfers.find(({ volume_id }) => volume_id === volume);
      if (held !== undefined) await send(owner, "DELETE", `volume-transfers/${held.id}`);
    }
  };

  /** The project of each accept that was acknowledged, by transfer. */
  const acknowledged = new Map<string, string>();
  const handOver = async (volume: string): Promise<void> => {
    const from = await free(volume);
    const to = pick(projects);
    const [donor, acceptor, other] = [from, to, pick(projects)].map((project) => running.client(project));
    if (donor === undefined || acceptor === undefined || other === undefined) throw new Error("no clients");
    const ending = pick(["accept", "accept", "accept", "accept", "race", "decline", "delete", "expire"]);
    const body = {
      volume_id: volume,
      no_snapshots: Math.random() < 0.3,
      ...(ending === "expire" && { expires_at: new Date(Date.now() + 1500).toISOString() }),
    };
    const created = await send(donor, "POST", "volume-transfers", { transfer: body }, crypto.randomUUID());
    if (created.status === 202) {
      const { transfer } = created.body;
      const path = `volume-transfers/${transfer.id}`;
      const accept = (client: Client, { auth_key }: Transfer = transfer) =>
        send(client, "POST", `${path}/accept`, { accept: { auth_key } }, crypto.randomUUID());
      if (ending === "accept" || ending === "race") {
        const accepts = await Promise.all([accept(acceptor), ...(ending === "race" ? [accept(other)] : [])]);
        const { project, status } = await running.ownerOf(volume);
        for (const [i, answer] of accepts.entries()) {
          if (answer.status !== 202) continue;
          acknowledged.set(transfer.id, project);
          expect(project, "an acknowledged accept is true in Cinder").toBe([acceptor, other][i]?.project);
          expect(status).toBe("available");
        }
      } else if (ending === "decline") {
        const declined = await send(acceptor, "POST", `${path}/decline`, {
          decline: { auth_key: transfer.auth_key },
        });
        expect([202, 404]).toContain(declined.status);
      } else if (ending === "delete") {
        expect([202, 404]).toContain((await send(donor, "DELETE", path)).status);
      } else {
        await sleep(1600);
        expect((await accept(acceptor)).status).toBe(404);
      }
    } else {
      // An earlier request whose answer was lost may have reached Cinder late.
      expect([400, 404], JSON.stringify(created.body)).toContain(created.status);
    }
    await free(volume);
  };

  let begun = 0;
  const work = async (own: readonly string[]): Promise<void> => {
    while (begun++ < HANDOVERS) {
      await handOver(pick(own));
      if (begun % 50 === 0) console.log(`${begun} handovers begun; ${JSON.stringify(counts)}`);
    }
  };
  await Promise.all([0, 1, 2].map((n) => work(volumes.filter((_, i) => i % 3 === n))));
  proxy.onPoint = () => {};

  for (const volume of volumes) {
    await free(volume);
    const shown = await Promise.all(
      projects.map(async (each) => (await running.client(each).get(`volumes/${volume}`)).status),
    );
    expect(shown.filter((one) => one === 200)).toHaveLength(1);
  }
  // The history of this service ends with Cinder's owners.
  for (const project of projects) await send(running.client(project), "GET", "volume-transfers/detail");
  const accepted = new Map<string, string>();
  for (const project of projects) {
    const { transfers } = (await send(running.client(project), "GET", "volume-transfers/history?limit=1000"))
      .body;
    for (const transfer of transfers.toReversed()) {
      if (transfer.status === "accepted")
        accepted.set(transfer.id, String(member(transfer, "destination_project_id")));
    }
  }
  expect(Object.fromEntries(accepted)).toMatchObject(Object.fromEntries(acknowledged));
  const { code, output, files } = await running.inspect();
  expect(code, output).toBe(0);
  const told = [...bodies, ...running.log, files].join("\n");
  expect(proxy.keys.size).toBeGreaterThan(0);
  expect([...proxy.keys].filter((key) => told.includes(key))).toEqual([]);
  console.log(
    `${HANDOVERS} handovers, ${acknowledged.size} acknowledged; ${JSON.stringify(counts)}; ${seen.size} points`,
  );
});
