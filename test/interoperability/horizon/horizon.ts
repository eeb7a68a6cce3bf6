import { freePort } from "../../support/free_port.ts";
import { HOST, RestartableServer } from "../../support/restartable_server.ts";
import { djangoCommand } from "./installation.ts";

/**
 * Starts the installed Horizon on Django's own server.
 *
 * @param keystoneUrl with `/v3`
 * @returns the server, once it is ready; the caller must `kill` it
 * @throws Error with the output of the server if it does not start
 */
export async function startHorizon(keystoneUrl: string): Promise<RestartableServer> {
  const port = await freePort();
  // `--insecure` serves the static files, too.
  const args = ["runserver", "--noreload", "--insecure", "--skip-checks", `${HOST}:${port}`];
  const server = new RestartableServer(
    djangoCommand(args, { KEYSTONE_URL: keystoneUrl }),
    port,
    "/auth/login/",
  );
  await server.start();
  return server;
}
