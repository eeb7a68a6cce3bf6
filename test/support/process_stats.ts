import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Returns a process and all that it and they have started (Linux). */
export function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").match(/\d+/g) ?? [];
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}

/** Reads the resident memory of a process, now and at its peak, in MB (Linux). */
export function memoryMb(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1000;
  return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}

/** Reads the CPU time that a process has used so far, in milliseconds (Linux). */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  // A tick is a hundredth of a second.
  return (userTicks + systemTicks) * 10;
}

const IDLE_MS = 100;

/** Waits until a process uses no CPU time: until it has finished the requests whose client has disconnected. */
export async function untilIdle(pid: number): Promise<void> {
  let before: number;
  do {
    before = cpuMs(pid);
    await sleep(IDLE_MS);
  } while (cpuMs(pid) > before);
}

/** The share of all CPU time that a machine may use to be idle: services in the background use some. */
const IDLE_SHARE = 0.1;
const MACHINE_IDLE_MS = 500;
const MAX_BUSY_MS = 60_000;

/**
 * Waits until the machine is idle for half a second: until all processes have finished what an earlier load has left
 * (Linux).
 *
 * @throws Error if it is busy for a minute
 */
export async function untilMachineIdle(): Promise<void> {
  const deadline = Date.now() + MAX_BUSY_MS;
  for (;;) {
    const before = machineTicks();
    await sleep(MACHINE_IDLE_MS);
    const after = machineTicks();
    if ((after.busy - before.busy) / (after.all - before.all) < IDLE_SHARE) return;
    if (Date.now() > deadline) throw new Error("the machine is busy, and measurements would be of no use");
  }
}

function machineTicks(): { readonly busy: number; readonly all: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  // user, nice, system, idle, iowait, irq, softirq, steal
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, one) => sum + one, 0);
  return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
}
