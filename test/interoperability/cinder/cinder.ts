import { runService } from "../../../src/cli/command.ts";
import { DEFAULT_VERSION, installCinder, parseVersion } from "./installation.ts";
import { startCinder } from "./servers.ts";

// npm run cinder: runs a real Cinder until a signal ends it.

const SYNTAX = {
  script: "npm run cinder",
  description:
    "Runs a real Cinder on a free port, with a MariaDB and a RabbitMQ of its own, on Debian 12 (as root). Tokens are\n" +
    "user:project[:roles], as with AUTH_STRATEGY=noauth. The first start installs what is missing, which takes two\n" +
    "minutes.",
  operands: [
    {
      name: "VERSION",
      description: `21.3 (from Debian 12) or 29.0 (from PyPI). By default ${DEFAULT_VERSION}.`,
      fallback: DEFAULT_VERSION,
    },
  ],
} as const;

await runService(SYNTAX, async (processes, { operands: { VERSION } }) => {
  const installation = await installCinder(parseVersion(VERSION), processes);
  const { url } = await startCinder(installation, processes);
  console.log(`cinder: ready on ${url}`);
});
