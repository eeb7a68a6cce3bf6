import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import type { HttpServer } from "../../support/http_server.ts";
import { type LibsqlService, startLibsqlService, withServiceOn } from "../../support/service.ts";
import { startTokenKeystone } from "../../support/token_keystone.ts";
import { NO_QUOTA } from "../../support/worker.ts";

const OLD = "the old secret, of 32 characters at least";
const NEW = "the new secret, of 32 characters at least";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
let cinder: LibsqlService;
let keystone: HttpServer;
beforeAll(async () => {
  [cinder, keystone] = await Promise.all([
    startLibsqlService({ AUTH_STRATEGY: "noauth", ...NO_QUOTA }),
    startTokenKeystone(),
  ]);
});
afterAll(async () => {
  await Promise.all([cinder?.stop(), keystone?.stop()]);
  rmSync(folder, { recursive: true });
});

/** Runs work on the service with a secret. All use one database. */
const under = <T>(secrets: Readonly<Record<string, string>>, work: (url: string) => Promise<T>): Promise<T> =>
  withServiceOn(
    folder,
    { AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url, CINDER_URL: cinder.url, ...secrets },
    work,
  );

it("a create that is repeated with its Idempotency-Key after a rotation of the secret has one transfer", async () => {
  const inCinder = new Client(cinder.url);
  const { project } = inCinder;
  const volume_id = await inCinder.createVolume();
  const create = (url: string) =>
    new Client(url, { project }).send(
      "POST",
      "volume-transfers",
      { transfer: { volume_id } },
      { "Idempotency-Key": "k" },
    );
  const first = await under({ AUTH_KEY_SECRET: OLD }, create);
  const rotated = { AUTH_KEY_SECRET: NEW, AUTH_KEY_SECRET_PREVIOUS: OLD };
  await under(rotated, async (url) => {
    const second = await create(url);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.transfer.id).toBe(first.body.transfer.id);
    // The new key is of the new secret, and Cinder's is sealed under the old one.
    expect((await new Client(url).accept(second.body.transfer)).status).toBe(202);
  });
});
