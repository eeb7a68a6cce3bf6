import path from "node:path";
import * as z from "zod";
import type { Command } from "../../../src/cli/processes/processes.ts";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { freePort } from "../../support/free_port.ts";
import { HOST } from "../../support/restartable_server.ts";
import { type Contender, startServer } from "./contender.ts";
import { installGoProgram, type Scene, temporaryFolder } from "./contenders.ts";
import { TRANSFERS } from "./dataset.ts";
import { POCKETBASE_NAME } from "./goals.ts";
import { expectItems, get, PAGE_SIZE } from "./operations.ts";

const MODULE = "github.com/pocketbase/pocketbase/examples/base@v0.36.0";
const ADMIN = { identity: "bench@example.org", password: "a password for a bench" };
/** The fields of a transfer, as far as a record of PocketBase has them not by itself. */
const FIELDS = ["volume_id", "name", "source_project_id", "destination_project_id"];

/** Starts PocketBase, with as many records as the service has transfers. Everybody may read them, without a token. */
export async function startPocketBase({ processes, cleanup }: Scene): Promise<Contender> {
  const file = await installGoProgram("pocketbase", MODULE, processes);
  const cwd = temporaryFolder();
  const port = await freePort();
  const url = serverUrl(HOST, port);
  const upsert = ["superuser", "upsert", ADMIN.identity, ADMIN.password];
  const data = `--dir=${path.join(cwd, "data")}`;
  await processes.run({ title: "pocketbase", file, args: [...upsert, data], cwd });
  const command: Command = {
    title: "pocketbase",
    file,
    args: ["serve", `--http=${HOST}:${port}`, data],
    cwd,
  };
  const address = { url, healthPath: "/api/health", logFile: path.join(cwd, "log") };
  const server = await startServer(command, address, cleanup);
  const ids = await fill(url);
  const records = "/api/collections/transfers/records";
  return {
    ...server,
    name: POCKETBASE_NAME,
    operations: {
      show: (connection) => [get(`${records}/${ids[connection % ids.length]}`)],
      // As the service it does not count all records.
      list: () => [get(`${records}?perPage=${PAGE_SIZE}&sort=-created&skipTotal=1`, expectItems("items"))],
    },
  };
}

const authentication = z.object({ token: z.string() });
const record = z.object({ id: z.string() });

/** @returns the ids of the records */
async function fill(url: string): Promise<string[]> {
  const post = async (path: string, body: object, token = ""): Promise<unknown> => {
    const headers = { "Content-Type": "application/json", Authorization: token };
    const response = await fetch(`${url}/api/collections${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { token } = authentication.parse(await post("/_superusers/auth-with-password", ADMIN));
  const fields = [
    ...FIELDS.map((name) => ({ name, type: "text" })),
    { name: "no_snapshots", type: "bool" },
    { name: "created", type: "autodate", onCreate: true },
  ];
  const indexes = ["create index idx_transfers_created on transfers (created)"];
  await post("", { name: "transfers", type: "base", listRule: "", viewRule: "", fields, indexes }, token);
  const ids: string[] = [];
  for (let i = 0; i < TRANSFERS; i++) {
    const values = Object.fromEntries(FIELDS.map((field) => [field, crypto.randomUUID()]));
    ids.push(record.parse(await post("/transfers/records", values, token)).id);
  }
  return ids;
}
