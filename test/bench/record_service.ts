import { createClient } from "@libsql/client/http";
import type { Exchange } from "../support/proxy.ts";
import type { Bundle } from "../support/worker.ts";
import { HEADERS, idleVolumeId, OWNER, RECIPIENT, transferId } from "./dataset.ts";
import { PAGE_SIZE, parseCreated } from "./operations.ts";
import { extractStatements, type RecordedStatements } from "./recorded_statements.ts";
import type { Servers } from "./servers.ts";

/**
 * Sends each request of the operations to the service once, and records the statements that it executes.
 *
 * @param libsqlUrl a filled database
 * @returns the statements by the name of the request
 */
export async function recordService(
  bundle: Bundle,
  servers: Servers,
  libsqlUrl: string,
): Promise<Readonly<Record<string, RecordedStatements>>> {
  let exchanges: Exchange[] = [];
  const proxy = await servers.startProxy(libsqlUrl, { onExchange: (exchange) => exchanges.push(exchange) });
  const variables = { AUTH_STRATEGY: "noauth", LIBSQL_URL: proxy.url };
  const { url } = await servers.startWorker(bundle, variables);

  const call = async (headers: Record<string, string>, method: string, path: string, body?: unknown) => {
    exchanges = [];
    const response = await fetch(`${url}/v3/volume-transfers${path}`, {
      method,
      headers: { ...headers, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    const [exchange, ...others] = exchanges;
    if (!response.ok || exchange === undefined || others.length > 0) {
      throw new Error(`${method} ${path} should take one round trip: ${response.status} ${text}`);
    }
    return { request: exchange.request, text };
  };
  // The check of the secret, which the first create stores.
  const storedSql = new Map<number, string>();
  let settings: ReadonlySet<string> = new Set();
  const extract = (request: string, parameters: Readonly<Record<string, string>>): RecordedStatements =>
    extractStatements(request, storedSql, new Map(Object.entries(parameters)), settings);
  const create = async () => {
    const volume = idleVolumeId(1);
    const { request, text } = await call(HEADERS.owner, "POST", "", { transfer: { volume_id: volume } });
    settings = await readSettings(libsqlUrl);
    const transfer = parseCreated(text);
    const parameters = { [transfer.id]: "id", [volume]: "volume", [OWNER]: "project" };
    return { transfer, statements: extract(request, parameters) };
  };

  // In the order of the requests, since a text is stored with the first that uses it.
  const show = extract((await call(HEADERS.owner, "GET", `/${transferId(20)}`)).request, {});
  const list = extract((await call(HEADERS.owner, "GET", `/detail?limit=${PAGE_SIZE}`)).request, {});
  const first = await create();
  const deletion = await call(HEADERS.owner, "DELETE", `/${first.transfer.id}`);
  const deleted = extract(deletion.request, { [first.transfer.id]: "id", [OWNER]: "project" });
  const second = await create();
  const { id, auth_key } = second.transfer;
  const accepted = await call(HEADERS.recipient, "POST", `/${id}/accept`, { accept: { auth_key } });
  return {
    show,
    list,
    create: first.statements,
    delete: deleted,
    accept: extract(accepted.request, { [id]: "id", [RECIPIENT]: "project" }),
  };
}

async function readSettings(libsqlUrl: string): Promise<ReadonlySet<string>> {
  const { rows } = await createClient({ url: libsqlUrl }).execute("select value from settings");
  return new Set(rows.map(({ value }) => String(value)));
}
