import { createClient } from "@libsql/client/http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../support/command.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";

let server: LibsqlServer;
beforeAll(async () => {
  server = await startLibsql();
  const event = (seq: number) =>
    `insert into events (seq, nonce, type, created_at, volume_id, source_project_id, data)
     values (${seq}, printf('%016x', ${seq}), 'volume.created', 1000, 'v', 'p', '{"volume":{"id":"v"},"transfer":null}')`;
  await createClient({ url: server.url }).batch(
    [
      ...[1, 2, 3].map(event),
      "insert into event_endpoints (id, url, cursor, stopped_at) values ('hook', 'https://hook.example', 2, 1000)",
      ...[1, 2].map(
        (
          seq,
        ) => `insert into event_retries (endpoint_id, event_seq, volume_id, attempts, next_at, until_at, last_error, dead_at)
          values ('hook', ${seq}, 'v', 9, 5000, 3601000, 'status 500', 3602000)`,
      ),
    ],
    "write",
  );
});
afterAll(() => server?.stop());

const events = (...args: string[]) => runCommand("events", args, { LIBSQL_URL: server.url });

it("npm run events shows the endpoints and their dead events, and sends these again", async () => {
  expect(await events("list")).toEqual({
    code: 0,
    output:
      "hook  https://hook.example: 1 to send, 0 retried, 2 dead, stopped since 1970-01-01T00:00:01.000Z\n",
  });
  const { output } = await events("dead");
  expect(output.split("\n")).toEqual([
    "1-0000000000000001  volume.created, volume v, https://hook.example: status 500, 9 attempts, 1970-01-01T01:00:02.000Z",
    "2-0000000000000002  volume.created, volume v, https://hook.example: status 500, 9 attempts, 1970-01-01T01:00:02.000Z",
    "",
  ]);

  expect(await events("redeliver", "2-0000000000000002")).toEqual({
    code: 0,
    output: "1 dead events are sent again, and 1 endpoints are started.\n",
  });
  expect((await events("list")).output).toBe("hook  https://hook.example: 2 to send, 0 retried, 1 dead\n");
  const { rows } = await createClient({ url: server.url }).execute(
    "select attempts, next_at, until_at > unixepoch() * 1000 as later from event_retries where event_seq = 2",
  );
  expect(rows[0]).toMatchObject({ attempts: 0, next_at: 0, later: 1 });

  expect((await events("redeliver")).output).toBe(
    "1 dead events are sent again, and 0 endpoints are started.\n",
  );
  expect((await events("dead")).output).toBe("No event is dead.\n");
});

it.each([
  [["redeliver", "1-0000000000000009"], "no dead event has the ID 1-0000000000000009"],
  [["redeliver", "1"], "1 is not the ID of an event"],
  [["list", "1"], "list takes no ID"],
  [["repeat"], "Allowed choices are list, dead, redeliver"],
])("npm run events exits with 1: %j", async (args, message) => {
  const { code, output } = await events(...args);
  expect(code).toBe(1);
  expect(output).toContain(message);
});
