import { writeFileSync } from "node:fs";
import path from "node:path";
import { regionalName } from "../../config/region_variables.ts";
import { d1Binding, libsqlOr } from "../database/database.ts";
import { runInRegions } from "../database/in_regions.ts";
import { migrateDatabase } from "../database/migrations.ts";
import { assertDatabaseMode } from "../database/mode.ts";
import { titleOf } from "../database/select_database.ts";
import type { Processes } from "../processes/processes.ts";
import { readWranglerConfig, wrangler, writeDeployedConfig } from "../servers/wrangler.ts";
import {
  assertConfigured,
  assertDeployable,
  deployedSecrets,
  secretsToUpload,
  varsToDeploy,
} from "../settings/deployment.ts";
import { temporaryFolder, workerVariables } from "../settings/settings.ts";

/** Applies the pending migrations, and deploys the Worker. */
export async function deploy(
  processes: Processes,
  { region }: { readonly region?: string | undefined },
): Promise<void> {
  const config = await readWranglerConfig(processes);
  const environment = workerVariables(config.vars);
  assertDeployable(config, environment);
  const existingSecrets = await deployedSecrets(processes);
  assertConfigured(config, environment, existingSecrets);
  await runInRegions(
    region,
    async (each) => {
      const database = libsqlOr({ kind: "remote D1", binding: d1Binding(each) }, each);
      await migrateDatabase(database, processes);
      const secret = each.name === undefined ? "CINDER_URL" : regionalName("CINDER_URL", each.name);
      const isInFront = each.variables.CINDER_URL !== undefined || existingSecrets.includes(secret);
      await assertDatabaseMode({ database, title: titleOf(database, each) }, isInFront, processes);
    },
    { ...config.vars, ...environment },
  );

  const folder = temporaryFolder();
  const secretsFile = path.join(folder, "secrets.json");
  const secrets = secretsToUpload(config, environment, existingSecrets);
  writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
  const configFile = writeDeployedConfig(config, folder, varsToDeploy(config, environment, existingSecrets));
  const flags = ["--config", configFile, "--secrets-file", secretsFile];
  await processes.run(wrangler("deploy", "--minify", ...flags), "inherit");
}
