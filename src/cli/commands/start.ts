import path from "node:path";
import { startHost } from "../../host/host.ts";
import { builtAssets } from "../assets/built_assets.ts";
import { runService } from "../command.ts";
import { prepareDemo } from "../servers/demo.ts";
import { printReady, serverUrl } from "../servers/ready.ts";
import { loadOrCreateAuthKeySecret } from "../settings/auth_key_secret.ts";
import { readDevVars } from "../settings/env_files.ts";
import { REGIONS_VARIABLE, regionsOf } from "../settings/regions.ts";
import { dataFolder, packageFolder, port, projectFolder, workerVariables } from "../settings/settings.ts";

const HOST = "127.0.0.1";

const SYNTAX = {
  script: "npm start",
  description:
    "Serves on this machine for a first look. With AUTH_STRATEGY=noauth, the default, it creates volumes for a demo.\n" +
    "`npm run dev` is for development: it reloads the Worker when the source changes.",
  variables: [
    { name: "PORT", description: "The port to listen on, 8776 by default." },
    { name: "DATA_DIR", description: "The folder of the database, .data/start by default." },
    REGIONS_VARIABLE,
    { name: "LOG_REQUESTS", description: "all, errors (a status of 500 or more, the default) or none." },
  ],
};

await runService(SYNTAX, async () => {
  const folder = dataFolder() ?? path.join(projectFolder, ".data/start");
  const variables: Record<string, string> = {
    LOG_REQUESTS: "errors",
    ...readDevVars(),
    ...workerVariables(),
  };
  if (variables.AUTH_STRATEGY !== "noauth") variables.AUTH_KEY_SECRET ??= loadOrCreateAuthKeySecret(folder);
  const service = await startHost({
    host: HOST,
    port: port(),
    variables,
    folder,
    migrations: path.join(packageFolder, "drizzle"),
    assets: builtAssets(),
    syncsWrites: true,
  });
  const url = serverUrl(HOST, service.port);
  const demos: string[] = [];
  if (variables.AUTH_STRATEGY === "noauth") {
    for (const { name } of regionsOf(variables))
      demos.push(await prepareDemo(name === undefined ? url : `${url}/${name}`));
  }
  for (const line of service.report) console.log(`volume-transfers: ${line}`);
  printReady(url, variables.AUTH_STRATEGY);
  for (const demo of demos) console.log(demo);
  return service.stop;
});
