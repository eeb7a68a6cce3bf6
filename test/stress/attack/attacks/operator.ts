import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../../../support/command.ts";
import { type Attack, assert } from "../target.ts";

/** A setting that a service refuses at its start. */
const refusedSetting = (
  name: string,
  before: string,
  variables: Readonly<Record<string, string>>,
  message: string,
): Attack => ({
  name,
  before,
  async run({ startCopy }) {
    const refusal = await startCopy(variables).then(() => "it starts", String);
    assert(refusal.includes(message), refusal);
    return "does not start, and names the variable";
  },
});

/** A file that `npm run import` refuses before it writes anything. */
const refusedImport = (name: string, before: string, content: string): Attack => ({
  name,
  before,
  async run({ file }) {
    const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-attack-"));
    try {
      const saved = path.join(folder, "saved.json");
      writeFileSync(saved, content);
      const { code, output } = await runCommand("import", [saved], { DATA_DIR: path.dirname(file) });
      assert(code === 1 && !output.includes("    at "), `${code}: ${output.slice(0, 300)}`);
      // It would reach the terminal of the operator.
      assert(!output.includes("\u001b"), "an escape sequence is printed");
      return "refused in a line";
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

const volume = (properties: object) =>
  `{"volumes":[${JSON.stringify({ id: crypto.randomUUID(), ...properties })}]}`;

export const operator: readonly Attack[] = [
  refusedSetting(
    "a timeout of 60 s, which Cloudflare does not wait for",
    "accepted",
    { DATABASE_TIMEOUT_MS: "60000" },
    "DATABASE_TIMEOUT_MS must be 25000 or less",
  ),
  refusedSetting(
    "failed attempts of all projects that one project reaches",
    "accepted",
    { MAX_ACCEPT_ATTEMPTS: "50", MAX_ACCEPT_ATTEMPTS_TOTAL: "50" },
    "MAX_ACCEPT_ATTEMPTS_TOTAL",
  ),
  refusedImport(
    "an import of 20,000 nested levels",
    "a RangeError",
    `{"volumes":[{"id":"${crypto.randomUUID()}","metadata":${"[".repeat(20_000)}${"]".repeat(20_000)}}]}`,
  ),
  refusedImport(
    "an import with escape sequences in an ID, and a name of 5 MB",
    "printed raw; fails while it writes",
    volume({ id: "\u001b[2J\u001b[31m", name: "n".repeat(5_000_000) }),
  ),
];
