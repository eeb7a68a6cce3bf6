import { writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../command.ts";
import { libsqlOr } from "../database/database.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { readWranglerConfig, wrangler, writeConfigWithoutD1 } from "../servers/wrangler.ts";
import {
  assertConfigured,
  assertDeployable,
  deployedSecrets,
  secretsToUpload,
} from "../settings/deployment.ts";
import { temporaryFolder, workerVariables } from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run deploy",
  description:
    "Applies the pending migrations and deploys the Worker to Cloudflare. The Worker's variables in the environment\n" +
    "are uploaded as secrets, and are kept for the next deployment.",
  variables: [
    { name: "AUTH_STRATEGY", description: "keystone or jwt. docs/configuration.md lists all variables." },
    { name: "LIBSQL_URL", description: "Use this libSQL server instead of D1." },
    { name: "CLOUDFLARE_API_TOKEN", description: "Needed where wrangler cannot open a browser to log in." },
  ],
};

await runCommand(SYNTAX, async (processes) => {
  const config = await readWranglerConfig(processes);
  const environment = workerVariables();
  assertDeployable(config, environment);
  const existingSecrets = await deployedSecrets(processes);
  assertConfigured(config, environment, existingSecrets);
  await migrateDatabase(libsqlOr({ kind: "remote D1" }, { ...config.vars, ...environment }), processes);

  const folder = temporaryFolder();
  const secretsFile = path.join(folder, "secrets.json");
  const secrets = secretsToUpload(config, environment, existingSecrets);
  writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  const flags = config.databaseId === undefined ? ["--config", writeConfigWithoutD1(config, folder)] : [];
  await processes.run(wrangler("deploy", "--minify", "--secrets-file", secretsFile, ...flags), "inherit");
});
