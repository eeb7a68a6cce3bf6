import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { serverUrl } from "../../src/cli/servers/ready.ts";
import { HOST } from "./restartable_server.ts";

/** An HTTP server in the process of the test. */
export interface HttpServer {
  readonly url: string;
  /** Ends the server and its connections, whatever is in flight. */
  stop(): Promise<void>;
}

/**
 * Starts an HTTP server.
 *
 * @param port 0 for any that is free
 */
export async function startHttpServer(listener: RequestListener, port = 0): Promise<HttpServer> {
  const server = createServer(listener);
  // A connection that closes while a request is on its way loses the request.
  server.keepAliveTimeout = 0;
  server.listen(port, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: serverUrl(HOST, address.port),
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
