import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { areInstalled, run } from "./programs.ts";

const UNIT = "volume-transfers.service";
const SOCKET = "volume-transfers.socket";
const unit = readFileSync(path.join("examples/deployment", UNIT), "utf8");

describe.runIf(areInstalled("systemd-analyze"))("the systemd unit", () => {
  it("is valid, and so is that of its socket", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
    const files = [UNIT, SOCKET].map((name) => path.join(folder, name));
    // The command must exist where the unit is verified.
    writeFileSync(path.join(folder, UNIT), unit.replace("/usr/bin/node", process.execPath));
    cpSync(path.join("examples/deployment", SOCKET), path.join(folder, SOCKET));
    await expect(run("systemd-analyze", ["verify", ...files])).resolves.toBe("");
    rmSync(folder, { recursive: true });
  });

  it("runs the command of the package, whose path it has", () => {
    const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(unit).toContain(`/node_modules/volume-transfers/${bin["volume-transfers"]} serve\n`);
  });
});
