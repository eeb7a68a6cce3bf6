import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

// Takes a database over and starts again, and is killed before a call of node:fs: the argument is the number of calls
// that are made.

const [, , file = "", calls = ""] = process.argv;
let left = Number(calls);
const FUNCTIONS = [
  "closeSync",
  "copyFileSync",
  "existsSync",
  "fsyncSync",
  "openSync",
  "readFileSync",
  "renameSync",
  "rmSync",
  "statSync",
  "writeFileSync",
] as const;

const { takeOver } = await import("../../../src/host/take_over.ts");
for (const name of FUNCTIONS) {
  const original: (...args: never[]) => unknown = fs[name];
  Object.defineProperty(fs, name, {
    value: (...args: never[]) => {
      if (left-- === 0) process.kill(process.pid, "SIGKILL");
      return original(...args);
    },
  });
}
syncBuiltinESMExports();
takeOver(file, () => {})();
takeOver(file, () => {})();
