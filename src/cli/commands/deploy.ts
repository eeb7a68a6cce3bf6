import { writeFileSync } from "node:fs";
import path from "node:path";
import { chosenDatabase, migrateDatabase } from "../database/migrations.ts";
import { supervise } from "../processes/supervise.ts";
import { readWranglerConfig, wrangler, writeConfigWithoutD1 } from "../servers/wrangler.ts";
import {
  assertConfigured,
  assertDeployable,
  deployedSecrets,
  secretsToUpload,
} from "../settings/deployment.ts";
import { temporaryFolder, workerVariables } from "../settings/settings.ts";

// npm run deploy: brings the database up to date, and the Worker to Cloudflare. The Worker's variables that
// are in the environment go with it, as secrets, and stay there for the next time; `[vars]` in wrangler.toml
// is for the others.

await supervise("command", async (processes) => {
  const config = await readWranglerConfig(processes);
  const given = workerVariables();
  assertDeployable(config, given);
  const existing = await deployedSecrets(processes);
  assertConfigured(config, given, existing);
  await migrateDatabase(chosenDatabase({ ...config.vars, ...given }, { kind: "remote D1" }), processes);

  const folder = temporaryFolder();
  const secrets = path.join(folder, "secrets.json");
  const upload = secretsToUpload(config, given, existing);
  writeFileSync(secrets, JSON.stringify(upload), { mode: 0o600 });
  const withoutD1 = config.databaseId === undefined ? ["--config", writeConfigWithoutD1(config, folder)] : [];
  await processes.run(wrangler("deploy", "--minify", "--secrets-file", secrets, ...withoutD1), "show");
});
