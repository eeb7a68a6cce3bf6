import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { type CommandService, startCommand } from "../../support/command.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

let service: CommandService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

/** A system call on the write-ahead log; times are seconds since the epoch. */
interface Call {
  readonly text: string;
  readonly began: number;
  readonly ended: number;
}

/** Reads the calls of a kind from what `strace -f -ttt -y` has written. */
function callsOf(trace: string, name: string): Call[] {
  const calls: Call[] = [];
  const unfinished = new Map<string, Call>();
  for (const line of trace.split("\n")) {
    const [, pid = "", time = "", text = ""] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
    const at = Number(time);
    const resumed = text.startsWith(`<... ${name} resumed>`);
    if (resumed) {
      const call = unfinished.get(pid);
      if (call !== undefined) calls.push({ ...call, ended: at });
      unfinished.delete(pid);
    } else if (text.startsWith(`${name}(`)) {
      const took = Number(/<([\d.]+)>$/.exec(text)?.[1] ?? 0);
      const call = { text, began: at, ended: at + took };
      if (text.endsWith("<unfinished ...>")) unfinished.set(pid, call);
      else calls.push(call);
    }
  }
  return calls;
}

/** Returns why strace cannot be used; undefined if it can. */
function straceProblem(): string | undefined {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `strace does not work: ${String(error).replaceAll("\n", " ")}`;
  }
}

/** Records the calls that write to files and put them on disk, of processes and their threads. */
async function startStrace(pids: readonly number[], file: string): Promise<() => Promise<string>> {
  const calls = "trace=pwrite64,write,writev,pwritev,fsync,fdatasync";
  const attach = pids.flatMap((pid) => ["-p", String(pid)]);
  const strace = spawn(
    "strace",
    ["-f", "-ttt", "-T", "-y", "-s", "5000", "-e", calls, "-o", file, ...attach],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  // It reports each process that it has attached to.
  await once(strace.stderr, "data");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return async () => {
    strace.kill("SIGINT");
    await once(strace, "exit");
    return readFileSync(file, "utf8");
  };
}

describe("npm run serve", () => {
  it.for([
    { clients: 1, writes: 20, SYNC_WRITES: "" },
    { clients: 8, writes: 25, SYNC_WRITES: "on" },
    // Shows that this test can fail.
    { clients: 1, writes: 20, SYNC_WRITES: "off" },
  ])(
    "has $writes writes by each of $clients clients on disk before their responses, unless SYNC_WRITES is off: '$SYNC_WRITES'",
    async ({ clients, writes, SYNC_WRITES }, context) => {
      const problem = straceProblem();
      if (problem !== undefined) {
        console.warn(`skipped: ${problem}`);
        return context.skip(problem);
      }
      const DATA_DIR = path.join(folder, `durable-${clients}-${SYNC_WRITES}`);
      service = await startCommand("serve", { ...NO_QUOTA, DATA_DIR, SYNC_WRITES });
      const stop = await startStrace([service.process.pid], path.join(folder, "strace"));
      const { url } = service;
      const acknowledged: { id: string; at: number }[] = [];
      await Promise.all(
        Array.from({ length: clients }, async () => {
          const client = new Client(url);
          for (let i = 0; i < writes; i++) {
            const { status, body } = await client.send("POST", "volumes", { volume: { size: 1 } });
            const at = (performance.timeOrigin + performance.now()) / 1000;
            expect(status).toBe(202);
            acknowledged.push({ id: body.volume.id, at });
          }
        }),
      );
      const trace = await stop();
      const log = `${path.join(DATA_DIR, "volume-transfers.db-wal")}>`;
      const ofLog = (name: string) => callsOf(trace, name).filter(({ text }) => text.includes(log));
      const written = ofLog("pwrite64");
      const synced = ofLog("fsync");
      const unsafe = acknowledged.filter(({ id, at }) => {
        const commit = written.find(({ text }) => text.includes(id));
        if (commit === undefined) throw new Error(`the log has no volume ${id}`);
        return !synced.some(({ began, ended }) => began >= commit.ended && ended <= at);
      });
      expect(acknowledged.length).toBe(clients * writes);
      expect(unsafe.length).toBe(SYNC_WRITES === "off" ? acknowledged.length : 0);
      // The writes of a group share one call.
      expect(synced.length).toBeLessThanOrEqual(acknowledged.length + 1);
    },
  );
});
