import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { database } from "../../../src/db/engine/database.ts";
import { findWrongSecret } from "../../../src/transfers/auth_key.ts";
import { sweep } from "../../../src/transfers/sweep.ts";
import { configuration } from "../../support/configuration.ts";
import { BOB, request } from "./service.ts";

const OLD = "the old secret, of 32 characters at least";
const NEW = "the new secret, of 32 characters at least";
const TRANSFERS = "/v3/volume-transfers";
const ALICE_AND_KEY = { "X-Auth-Token": "alice:alpha", "Content-Type": "application/json" };

/** Sends a request to a service with these variables. */
const send = (
  path: string,
  body: unknown,
  variables: Record<string, string>,
  token = "alice:alpha",
  headers = {},
) =>
  request(
    path,
    {
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...ALICE_AND_KEY, "X-Auth-Token": token, ...headers },
    },
    { ...env, QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1", ...variables },
  );

async function createVolume(): Promise<string> {
  const response = await send("/v3/volumes", { volume: { size: 1 } }, {});
  return (await response.json<{ volume: { id: string } }>()).volume.id;
}

async function createTransfer(variables: Record<string, string>) {
  const response = await send(TRANSFERS, { transfer: { volume_id: await createVolume() } }, variables);
  const { transfer } = await response.json<{ transfer: { id: string; auth_key: string } }>();
  return { status: response.status, transfer };
}

const accept = ({ id, auth_key }: { id: string; auth_key: string }, variables: Record<string, string>) =>
  send(`${TRANSFERS}/${id}/accept`, { accept: { auth_key } }, variables, BOB);

const failedAttempts = async (id: string) =>
  env.DB.prepare("select failed_attempts from transfers where id = ?").bind(id).first("failed_attempts");

beforeEach(() => env.DB.exec("delete from settings"));

describe("AUTH_KEY_SECRET", () => {
  it("that is not the database's makes accepts 503, and counts no failed attempt", async () => {
    const { transfer } = await createTransfer({ AUTH_KEY_SECRET: OLD });
    const response = await accept(transfer, { AUTH_KEY_SECRET: NEW });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("AUTH_KEY_SECRET");
    expect(await failedAttempts(transfer.id)).toBe(0);
    expect((await accept(transfer, { AUTH_KEY_SECRET: OLD })).status).toBe(202);
  });

  it("that is not the database's makes creates 503", async () => {
    await createTransfer({ AUTH_KEY_SECRET: OLD });
    expect((await createTransfer({ AUTH_KEY_SECRET: NEW })).status).toBe(503);
  });

  it("can be rotated with AUTH_KEY_SECRET_PREVIOUS, and open transfers stay open", async () => {
    const rotated = { AUTH_KEY_SECRET: NEW, AUTH_KEY_SECRET_PREVIOUS: OLD };
    const [first, second] = [
      await createTransfer({ AUTH_KEY_SECRET: OLD }),
      await createTransfer({ AUTH_KEY_SECRET: OLD }),
    ];
    expect((await accept(first.transfer, rotated)).status).toBe(202);
    const third = await createTransfer(rotated);
    expect(third.status).toBe(202);
    expect((await accept(second.transfer, rotated)).status).toBe(202);
    expect((await accept(third.transfer, { AUTH_KEY_SECRET: NEW })).status).toBe(202);
  });

  it("can be rotated between two creates with the same Idempotency-Key, which are one", async () => {
    const rotated = { AUTH_KEY_SECRET: NEW, AUTH_KEY_SECRET_PREVIOUS: OLD };
    const volume_id = await createVolume();
    const create = (variables: Record<string, string>) =>
      send(TRANSFERS, { transfer: { volume_id } }, variables, undefined, { "Idempotency-Key": "k" });
    const before = await create({ AUTH_KEY_SECRET: OLD });
    const after = await create(rotated);
    expect([before.status, after.status]).toEqual([202, 202]);
    const { transfer: first } = await before.json<{ transfer: { id: string; auth_key: string } }>();
    const { transfer: second } = await after.json<{ transfer: { id: string; auth_key: string } }>();
    expect(second.id).toBe(first.id);
    expect((await accept(first, rotated)).status).toBe(400);
    // The new key is of the new secret.
    expect((await accept(second, { AUTH_KEY_SECRET: NEW })).status).toBe(202);
  });

  it("is compared with the database's at the start, and stored in a database that has none", async () => {
    const check = (variables: Record<string, string>) => {
      const config = configuration({ ...env, ...variables });
      return findWrongSecret(database(config), config);
    };
    expect(await check({ AUTH_KEY_SECRET: OLD })).toBeUndefined();
    expect(await check({ AUTH_KEY_SECRET: NEW })).toContain("AUTH_KEY_SECRET is not the secret");
    expect(await check({ AUTH_KEY_SECRET: NEW, AUTH_KEY_SECRET_PREVIOUS: OLD })).toBeUndefined();
    expect(await check({ AUTH_KEY_SECRET: OLD })).toContain("AUTH_KEY_SECRET is not the secret");
  });
});

describe("MAX_ACCEPT_ATTEMPTS_TOTAL", () => {
  it("ends the keys of a transfer after that many failed attempts of all projects", async () => {
    const variables = { MAX_ACCEPT_ATTEMPTS: "1", MAX_ACCEPT_ATTEMPTS_TOTAL: "3" };
    const { transfer } = await createTransfer(variables);
    for (const project of ["p1", "p2", "p3", "p4"]) {
      const wrong = { accept: { auth_key: "0000000000000000" } };
      await send(`${TRANSFERS}/${transfer.id}/accept`, wrong, variables, `mallory:${project}`);
    }
    expect(await failedAttempts(transfer.id)).toBe(3);
    expect((await accept(transfer, variables)).status).toBe(400);
  });
});

describe("TRANSFERS_PER_MINUTE", () => {
  it("limits the transfers that a project creates: further creates receive 429", async () => {
    await env.DB.exec("delete from create_rates");
    const created = async () => (await createTransfer({ TRANSFERS_PER_MINUTE: "2" })).status;
    // A minute can end between two of the creates, but not twice: of five, at least one is one too many.
    const statuses = [await created(), await created(), await created(), await created(), await created()];
    expect(statuses.slice(0, 2)).toEqual([202, 202]);
    expect(statuses).toContain(429);
  });

  it("limits the transfers that a project creates at once", async () => {
    // So that all are created in one minute.
    const untilNextMinute = 60_000 - (Date.now() % 60_000);
    if (untilNextMinute < 5000) await new Promise((resolve) => setTimeout(resolve, untilNextMinute));
    await env.DB.exec("delete from create_rates");
    const volumes = await Promise.all(Array.from({ length: 8 }, createVolume));
    // The requests of one configuration share exchanges.
    const bindings = { ...env, TRANSFERS_PER_MINUTE: "3" };
    const responses = await Promise.all(
      volumes.map((volume_id) =>
        request(
          TRANSFERS,
          { method: "POST", body: JSON.stringify({ transfer: { volume_id } }), headers: ALICE_AND_KEY },
          bindings,
        ),
      ),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([202, 202, 202, 429, 429, 429, 429, 429]);
  });

  it("is also read by its name of version 1.0, which it takes precedence over", () => {
    const limitOf = (variables: object) => configuration({ ...env, ...variables }).transfersPerMinute;
    expect(limitOf({ OFFERS_PER_MINUTE: "2" })).toBe(2);
    expect(limitOf({ OFFERS_PER_MINUTE: "2", TRANSFERS_PER_MINUTE: "0" })).toBe(0);
    expect(limitOf({})).toBe(600);
  });

  it("does not limit if it is 0", async () => {
    for (let i = 0; i < 4; i++)
      expect((await createTransfer({ TRANSFERS_PER_MINUTE: "0" })).status).toBe(202);
  });
});

describe("HISTORY_RETENTION_DAYS", () => {
  const DAY = 86_400_000;
  const closed = async (days: number, idempotency_key: string | null = null) => {
    const id = crypto.randomUUID();
    await env.DB.prepare(
      `insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at, idempotency_key)
       values (?, ?, '', '', 0, 'alpha', ?, ?)`,
    )
      .bind(id, `volume of ${id}`, Date.now() - days * DAY, idempotency_key)
      .run();
    await env.DB.prepare("insert into failed_attempts values (?, 'beta', 1)").bind(id).run();
    return id;
  };
  const find = (id: string) => env.DB.prepare("select * from transfers where id = ?").bind(id).first();

  it("deletes older closed transfers with their attempts, and keeps the others", async () => {
    const [old, recent] = [await closed(3), await closed(1)];
    const { transfer } = await createTransfer({});
    const config = configuration({ ...env, HISTORY_RETENTION_DAYS: "2" });
    expect((await sweep(database(config), config)).deleted).toBeGreaterThanOrEqual(1);
    expect(await find(old)).toBeNull();
    expect(
      await env.DB.prepare("select * from failed_attempts where transfer_id = ?").bind(old).first(),
    ).toBeNull();
    expect(await find(recent)).not.toBeNull();
    expect(await find(transfer.id)).not.toBeNull();
  });

  it("deletes more than one batch in a sweep", async () => {
    await env.DB.exec("delete from transfers");
    await env.DB.exec(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1201)
       insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, deleted_at)
       select 'old ' || i, 'volume ' || i, '', '', 0, 'alpha', 1 from n`.replaceAll("\n", " "),
    );
    const config = configuration(env);
    expect(await sweep(database(config), config)).toEqual({ expired: 0, deleted: 1201 });
  });

  it("keeps all closed transfers if it is 0", async () => {
    const id = await closed(9999);
    const config = configuration({ ...env, HISTORY_RETENTION_DAYS: "0" });
    await sweep(database(config), config);
    expect(await find(id)).not.toBeNull();
  });

  it("forgets the idempotency keys of accepts after a day", async () => {
    const [old, recent] = [await closed(1.1, "a-key"), await closed(0.9, "a-key")];
    const config = configuration(env);
    await sweep(database(config), config);
    expect(await find(old)).toMatchObject({ idempotency_key: null });
    expect(await find(recent)).toMatchObject({ idempotency_key: "a-key" });
  });
});
