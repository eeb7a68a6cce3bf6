import { writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "../command.ts";
import { d1Binding, libsqlOr } from "../database/database.ts";
import { runInRegions } from "../database/in_regions.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { readWranglerConfig, wrangler, writeDeployedConfig } from "../servers/wrangler.ts";
import {
  assertConfigured,
  assertDeployable,
  deployedSecrets,
  secretsToUpload,
} from "../settings/deployment.ts";
import { REGION_OPTION, REGIONS_VARIABLE } from "../settings/regions.ts";
import { temporaryFolder, workerVariables } from "../settings/settings.ts";

const SYNTAX = {
  script: "npm run deploy",
  description:
    "Applies the pending migrations and deploys the Worker to Cloudflare. The Worker's variables in the environment\n" +
    "are uploaded as secrets, and are kept for the next deployment. With --region only that region's database is\n" +
    "migrated, and the Worker is deployed for all.",
  options: [REGION_OPTION],
  variables: [
    { name: "AUTH_STRATEGY", description: "keystone or jwt. docs/configuration.md lists all variables." },
    { name: "LIBSQL_URL", description: "Use this libSQL server instead of D1." },
    REGIONS_VARIABLE,
    { name: "CLOUDFLARE_API_TOKEN", description: "Needed where wrangler cannot open a browser to log in." },
  ],
};

await runCommand(SYNTAX, async (processes, { options }) => {
  const config = await readWranglerConfig(processes);
  const environment = workerVariables(config.vars);
  assertDeployable(config, environment);
  const existingSecrets = await deployedSecrets(processes);
  assertConfigured(config, environment, existingSecrets);
  await runInRegions(
    options.get("region"),
    (region) =>
      migrateDatabase(libsqlOr({ kind: "remote D1", binding: d1Binding(region) }, region), processes),
    { ...config.vars, ...environment },
  );

  const folder = temporaryFolder();
  const secretsFile = path.join(folder, "secrets.json");
  const secrets = secretsToUpload(config, environment, existingSecrets);
  writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  const isComplete = config.deployedD1Bindings.length === config.d1Bindings.length;
  const flags = isComplete ? [] : ["--config", writeDeployedConfig(config, folder)];
  await processes.run(wrangler("deploy", "--minify", "--secrets-file", secretsFile, ...flags), "inherit");
});
