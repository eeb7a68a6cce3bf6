import { serve } from "@hono/node-server";
import { Hono } from "hono";
import Database from "libsql";
import { showStatements } from "../../../src/transfers/show.sql.ts";
import { OWNER } from "./dataset.ts";

// The limit of what the service could reach: Hono on @hono/node-server, with the statement of a show, prepared once, on
// the file of the service, and the headers of its response. It has no identity, log, views or time limits.

const [file = "", port = ""] = process.argv.slice(2);
const [statement] = showStatements({ id: "", project_id: OWNER }).statements;
if (statement === undefined) throw new Error("a show has a statement");
const show = new Database(file).prepare(statement.sql);

const headers = {
  "Cache-Control": "no-store",
  "Content-Type": "application/json",
  "OpenStack-API-Version": "volume 3.59",
  Vary: "OpenStack-API-Version",
  "x-compute-request-id": "req-00000000-0000-4000-8000-000000000000",
  "x-openstack-request-id": "req-00000000-0000-4000-8000-000000000000",
};
const app = new Hono()
  .get("/", (c) => c.text("ready"))
  .get(
    "/v3/volume-transfers/:id",
    (c) => new Response(JSON.stringify({ transfer: show.get(c.req.param("id"), OWNER) }), { headers }),
  );
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(port) });
