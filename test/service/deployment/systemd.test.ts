import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { areInstalled, run } from "./programs.ts";

const UNIT = "volume-transfers.service";
const unit = readFileSync(path.join("examples/deployment", UNIT), "utf8");

describe.runIf(areInstalled("systemd-analyze"))("the systemd unit", () => {
  it("is valid", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
    const file = path.join(folder, UNIT);
    // The command must exist where the unit is verified.
    writeFileSync(file, unit.replace("/usr/bin/node", process.execPath));
    await expect(run("systemd-analyze", ["verify", file])).resolves.toBe("");
    rmSync(folder, { recursive: true });
  });

  it("runs the command of the package, whose path it has", () => {
    const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(unit).toContain(`/node_modules/volume-transfers/${bin["volume-transfers"]} serve\n`);
  });
});
