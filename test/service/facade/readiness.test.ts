import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DATABASES } from "../../support/databases.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { send, Upstream } from "./upstream.ts";

/** A limit that only a service in error reaches. */
const WAIT = { timeout: 30_000, interval: 300 };

let keystone: FakeKeystone;
let cinder: Upstream;
let running: ServiceOnBoth;
beforeAll(async () => {
  [keystone, cinder] = await Promise.all([FakeKeystone.start(), Upstream.start()]);
  running = await startOnBoth({
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    CINDER_URL: cinder.url,
  });
});
afterAll(async () => {
  await running?.stop();
  await Promise.all([keystone?.stop(), cinder?.stop()]);
});

describe.each(DATABASES)("GET /readyz in front of a Cinder, on %s", (database) => {
  const state = async () => {
    const { status, text } = await send(running[database].url, "/readyz");
    return status === 200 ? text : JSON.parse(text).serviceUnavailable.message;
  };
  const until = (expected: string) => vi.waitFor(async () => expect(await state()).toBe(expected), WAIT);

  it("names what is away: Keystone, Cinder, or both", async () => {
    cinder.behaviour = (_request, response) => response.writeHead(300).end("{}");
    await until("OK");
    cinder.behaviour = (request) => request.socket.destroy();
    await until("Not answering in time: Cinder.");
    keystone.behave("hang");
    await until("Not answering in time: Keystone, Cinder.");
    cinder.behaviour = (_request, response) => response.writeHead(300).end("{}");
    await until("Not answering in time: Keystone.");
    keystone.behave("respond");
    await until("OK");
  });
});
