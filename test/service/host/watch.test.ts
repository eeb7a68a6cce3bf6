import { afterEach, describe, expect, it, vi } from "vitest";
import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { Client } from "../../support/client.ts";
import { EventStreamClient } from "../../support/event_stream.ts";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { type LibsqlService, startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";

/** As in `src/http/event_streams.ts`. */
const MAX_STREAMS_OF_PROJECT = 50;
const HEARTBEAT_MS = 15_000;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(variables: Readonly<Record<string, string>> = {}): Promise<LibsqlService> {
  const service = await startLibsqlService({ ...NO_QUOTA, AUTH_STRATEGY: "noauth", ...variables });
  stops.push(service.stop);
  return service;
}

/** Opens a stream of a project, and reads its first event. */
async function watch({ url, project, token }: Pick<Client, "url" | "project" | "token">) {
  const stream = await EventStreamClient.open(`${url}/v3/${project}/volume-transfers/changes`, {
    "X-Auth-Token": token,
  });
  stops.push(() => stream.close());
  const first = stream.isOpen ? await stream.next() : undefined;
  return { stream, first };
}

/** The page of a user: its requests have the cookie of its session. */
class Page {
  readonly #url: string;
  #cookie = "";

  constructor(url: string) {
    this.#url = url;
  }

  get #headers() {
    return { "X-Handoff": "1", "Sec-Fetch-Site": "same-origin", Cookie: this.#cookie };
  }

  async session(method: string, body?: object): Promise<void> {
    const response = await fetch(`${this.#url}/handoff/session`, {
      method,
      headers: { ...this.#headers, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    this.#cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  }

  async watch(project: string): Promise<EventStreamClient> {
    const path = `v3/${project}/volume-transfers/changes`;
    const stream = await EventStreamClient.open(`${this.#url}/${path}`, this.#headers);
    stops.push(() => stream.close());
    expect(await stream.next()).toMatch(/^[0-9a-f]{32}$/);
    return stream;
  }
}

describe("a stream of the changes of transfers", () => {
  it("sends an event to both sides of each change, and to no other project", async () => {
    const { url } = await start();
    const [giver, taker, other] = [new Client(url), new Client(url), new Client(url)];
    const [given, taken, others] = [await watch(giver), await watch(taker), await watch(other)];
    const versions = { given: given.first, taken: taken.first };
    const expectChange = async (...sides: ("given" | "taken")[]) => {
      const streams = { given: given.stream, taken: taken.stream };
      for (const side of sides) {
        const version = await streams[side].next();
        expect(version).toMatch(/^[0-9a-f]{32}$/);
        expect(version).not.toBe(versions[side]);
        versions[side] = version;
      }
    };
    const bound = { destination_project_id: taker.project };
    const withdrawn = await giver.createVolumeAndTransfer(bound);
    await expectChange("given", "taken");
    await giver.delete(`volume-transfers/${withdrawn.id}`);
    await expectChange("given", "taken");
    const declined = await giver.createVolumeAndTransfer(bound);
    await expectChange("given", "taken");
    await taker.send("POST", `volume-transfers/${declined.id}/decline`, { decline: {} });
    await expectChange("given", "taken");
    // One that is for anybody is in no project's inbox.
    const open = await giver.createVolumeAndTransfer();
    await expectChange("given");
    const { auth_key } = open;
    await taker.send("POST", `volume-transfers/${open.id}/preview`, { preview: { auth_key } });
    await expectChange("given");
    await taker.accept(open);
    await expectChange("given", "taken");
    // The first that it hears of is its own.
    await other.createVolumeAndTransfer();
    const own = await others.stream.next();
    expect(own).not.toBe(others.first);
    expect((await other.get("volume-transfers/changes")).body).toEqual({ version: own });
  });

  it("sends an event after a transfer has expired, which no request closes", async () => {
    const { url, sweep } = await start();
    const client = new Client(url);
    const { stream } = await watch(client);
    const expires_at = new Date(Date.now() + 1500).toISOString();
    const { id } = (await client.createTransfer(await client.createVolume(), { expires_at })).body.transfer;
    await stream.next();
    await vi.waitFor(async () => expect((await client.get(`volume-transfers/${id}`)).status).toBe(404), {
      timeout: 20_000,
    });
    await sweep();
    expect(await stream.next()).toMatch(/^[0-9a-f]{32}$/);
  });

  it("is opened for each project up to a number, and beyond it the response is the version alone", async () => {
    const { url } = await start();
    const client = new Client(url);
    const streams: EventStreamClient[] = [];
    for (let n = 0; n < MAX_STREAMS_OF_PROJECT; n++) streams.push((await watch(client)).stream);
    expect(streams.every(({ isOpen }) => isOpen)).toBe(true);
    const { stream: refused } = await watch(client);
    expect(refused.isOpen).toBe(false);
    expect(refused.response.headers.get("ETag")).toMatch(/^"[0-9a-f]{32}"$/);
    expect((await watch(new Client(url))).stream.isOpen).toBe(true);
    // The place of a client that has gone is free.
    streams[0]?.close();
    await vi.waitFor(async () => expect((await watch(client)).stream.isOpen).toBe(true), { timeout: 20_000 });
  });

  it("ends with the session at the sign-out, and with the project of the session", async () => {
    const { url } = await start();
    const [alice, bob] = [new Page(url), new Page(url)];
    await alice.session("POST", { user: "alice", project: "alpha" });
    await bob.session("POST", { user: "bob", project: "alpha" });
    const before = await alice.watch("alpha");
    const bobs = await bob.watch("alpha");
    await alice.session("PUT", { project: "beta" });
    expect(await before.next()).toBeUndefined();
    const after = await alice.watch("beta");
    await alice.session("DELETE");
    expect(await after.next()).toBeUndefined();
    // That of another user goes on.
    await new Client(url, { project: "alpha" }).createVolumeAndTransfer();
    expect(await bobs.next()).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(["expires", "is revoked"])("ends when its token %s", async (how) => {
    const keystone = await FakeKeystone.start();
    stops.push(() => keystone.stop());
    const service = await start({
      AUTH_STRATEGY: "keystone",
      AUTH_KEY_SECRET: generateAuthKeySecret(),
      KEYSTONE_URL: keystone.url,
      TOKEN_CACHE_SECONDS: "0",
    });
    const project = "a".repeat(32);
    const client = new Client(service.url, { project, token: keystone.issue({ project }) });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { stream } = await watch(client);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    await client.createVolumeAndTransfer();
    expect(await stream.next()).toMatch(/^[0-9a-f]{32}$/);
    if (how === "expires") keystone.expiresAt = "2000-01-01T00:00:00.000000Z";
    else keystone.answer("GET", 401);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(await stream.next()).toBeUndefined();
  });

  it("ends at once when the service is stopped, which waits for no client", async () => {
    const { url, stop } = await startLibsqlService({ ...NO_QUOTA, AUTH_STRATEGY: "noauth" });
    const streams = [await watch(new Client(url)), await watch(new Client(url))];
    const started = performance.now();
    await stop();
    for (const { stream } of streams) expect(await stream.next()).toBeUndefined();
    // It waits eight seconds for responses that do not end.
    expect(performance.now() - started).toBeLessThan(7000);
  });
});
