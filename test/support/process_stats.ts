import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

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
