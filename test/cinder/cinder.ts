import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runService } from "../../src/cli/command.ts";
import { installCinder } from "./installation.ts";
import { startCinder } from "./servers.ts";

// npm run cinder: runs a real Cinder until a signal ends it.

const SYNTAX = {
  script: "npm run cinder",
  description:
    "Runs Cinder 29.0 from PyPI on a free port, with MariaDB and RabbitMQ from Debian 12 (as root). Tokens are\n" +
    "user:project[:roles], as with AUTH_STRATEGY=noauth. The first start installs them, which takes two minutes.",
} as const;

await runService(SYNTAX, async (processes) => {
  await installCinder(processes);
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-cinder-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { url } = await startCinder(folder, processes);
  console.log(`cinder: ready on ${url}`);
});
