import { Command } from "@commander-js/extra-typings";
import { supervise } from "../../../src/cli/processes/supervise.ts";
import { DEFAULT_VERSION, installCinder, parseVersion } from "./installation.ts";
import { startCinder } from "./servers.ts";

// npm run cinder: runs a real Cinder until a signal ends it.

await new Command("npm run cinder")
  .description(
    "Runs a real Cinder on a free port, with a MariaDB and a RabbitMQ of its own, on Debian 12 (as root). Tokens are " +
      "user:project[:roles], as with AUTH_STRATEGY=noauth. The first start installs what is missing, which takes two " +
      "minutes.",
  )
  .argument("[VERSION]", "21.3 (from Debian 12) or 29.0 (from PyPI).", DEFAULT_VERSION)
  .action((version) =>
    supervise("service", async (processes) => {
      const installation = await installCinder(parseVersion(version), processes);
      const { url } = await startCinder(installation, processes);
      console.log(`cinder: ready on ${url}`);
      return undefined;
    }),
  )
  .parseAsync();
