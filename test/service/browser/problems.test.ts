import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";
import type { RestartableServer } from "../../support/restartable_server.ts";
import { startWorker } from "../../support/worker.ts";
import { startBrowser } from "./chromium.ts";
import { Person } from "./person.ts";

let browser: Browser;
let database: LibsqlServer;
let worker: RestartableServer;
beforeAll(async () => {
  browser = await startBrowser();
  database = await startLibsql();
  worker = await startWorker(inject("builtWorker"), { AUTH_STRATEGY: "noauth", LIBSQL_URL: database.url });
});
afterAll(async () => {
  await browser?.close();
  await worker?.kill();
  await database?.stop();
});

describe("the page says what to do", () => {
  let donor: Client;
  let bob: Person;
  beforeEach(async () => {
    donor = new Client(worker.url, { project: `alpha-${crypto.randomUUID()}` });
    bob = await Person.at(worker.url, browser);
  });
  afterEach(() => bob.close());

  const project = `beta-${crypto.randomUUID()}`;
  const open = async ({ id, auth_key }: { id: string; auth_key: string }) => {
    await bob.open(`${bob.url}#${id}.${auth_key}`);
    await bob.signInAs("bob", project);
    await bob.sees("You are offered a volume");
  };

  it("about a wrong key", async () => {
    const { id } = await donor.createVolumeAndTransfer();
    await open({ id, auth_key: "0000000000000000" });
    await bob.press("Look at the offer");
    await bob.reads(/This key does not open the offer for your project\. Check that you have the whole link/);
  });

  it("about an offer that has ended, before and after the look", async () => {
    const transfer = await donor.createVolumeAndTransfer();
    await open(transfer);
    await bob.look();
    await donor.delete(`volume-transfers/${transfer.id}`);
    await bob.press(/^Accept$/);
    await bob.reads(/This offer is closed.* Ask the sender for a new link\./);
    await bob.press("See your volumes");
    await bob.sees("Volumes");
    await bob.page.evaluate(`location.hash = "${transfer.id}.${transfer.auth_key}"`);
    await bob.press("Look at the offer");
    await bob.reads(/This offer is closed/);
    expect(bob.page.url()).not.toContain("#");
  });

  it("about a quota without room, and looks again", async () => {
    const admin = new Admin(worker.url);
    await admin.setQuota(project, { volumes: 0 });
    await open(await donor.createVolumeAndTransfer());
    await bob.look();
    await bob.reads(/it may have no more volumes. Delete something, ask your operator for more/);
    expect(await bob.button(/^Accept$/).count()).toBe(0);
    await admin.setQuota(project, { volumes: -1 });
    await bob.press("Look again");
    await bob.accept();
  });

  it("about a quota that was used up after the look", async () => {
    const admin = new Admin(worker.url);
    await open(await donor.createVolumeAndTransfer());
    await bob.look();
    await admin.setQuota(project, { gigabytes: 0 });
    await bob.press(/^Accept$/);
    await bob.reads(/Your project has no room for this volume/);
    await admin.setQuota(project, { gigabytes: -1 });
  });

  it("about a session that has ended, and keeps the offer", async () => {
    await open(await donor.createVolumeAndTransfer());
    await bob.look();
    await bob.context.clearCookies();
    await bob.press(/^Accept$/);
    await bob.sees("Sign in");
    await bob.reads("Your session has ended. Sign in to continue.");
    await bob.signInAs("bob", project);
    await bob.sees("Accept this volume?");
    await bob.accept();
  });

  it("about a service that is away, and goes on when it is back", async () => {
    await open(await donor.createVolumeAndTransfer());
    await bob.look();
    await worker.kill();
    await bob.press(/^Accept$/);
    await bob.reads("The service cannot be reached. Check your connection, and try again.");
    await worker.start();
    await bob.accept();
  });

  it("about a service that does not answer", async () => {
    await bob.page.addInitScript(`(() => {
      const { timeout } = AbortSignal;
      AbortSignal.timeout = () => timeout.call(AbortSignal, 1000);
    })()`);
    await open(await donor.createVolumeAndTransfer());
    await bob.context.route("**/preview", () => {}, { times: 1 });
    await bob.press("Look at the offer");
    await bob.reads("The service has not answered in time. Try again");
    await bob.look();
  });

  it("about a list that cannot be read, which is read again on demand", async () => {
    await donor.createVolume({ name: "back again" });
    // A change would read the list again by itself.
    await bob.context.route("**/changes", (route) => route.abort());
    await bob.context.route("**/volumes/detail?**", (route) => route.fulfill({ status: 503, body: "" }));
    await bob.open();
    await bob.signInAs("bob", donor.project);
    await bob.reads("The service has failed. Try again in a moment.");
    await bob.context.unroute("**/volumes/detail?**");
    await bob.press("Try again");
    await bob.reads("back again");
    expect(await bob.page.getByRole("alert").count()).toBe(0);
    await bob.context.unroute("**/changes");
  });

  it("about a database that is away", async () => {
    await open(await donor.createVolumeAndTransfer());
    await database.server.kill();
    await bob.press("Look at the offer");
    await bob.reads(/The service cannot reach its data\. Try again/);
    await database.server.start();
    await bob.look();
    await bob.accept();
  });

  it("about a role that does not allow it", async () => {
    const volume = await donor.createVolume({ name: "mine" });
    const alice = await Person.at(worker.url, browser);
    await alice.open();
    await alice.signInAs("alice", donor.project);
    await alice.context.route("**/v3/*/volume-transfers", (route) =>
      route.continue({
        headers: { ...route.request().headers(), "x-auth-token": `a:${donor.project}:reader` },
      }),
    );
    await alice.press("Offer mine");
    await alice.press("Make the offer");
    await alice.reads(/You may not do this in this project\. Ask your operator for the right to do it/);
    await alice.close();
    expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("available");
  });
});

describe("an accept", () => {
  it("is sent once when it is pressed twice", async () => {
    const donor = new Client(worker.url);
    const bob = await Person.at(worker.url, browser);
    const { id, auth_key } = await donor.createVolumeAndTransfer();
    await bob.open(`${bob.url}#${id}.${auth_key}`);
    await bob.signInAs("bob", "gamma");
    await bob.look();
    await bob.button(/^Accept$/).dblclick();
    await bob.sees("The volume is yours");
    expect(bob.sent.filter(({ url }) => url.endsWith("/accept"))).toHaveLength(1);
    await bob.close();
  });

  it("does no harm when its response is lost: pressed again, it succeeds", async () => {
    const donor = new Client(worker.url);
    const bob = await Person.at(worker.url, browser);
    const { id, auth_key, volume_id } = await donor.createVolumeAndTransfer();
    await bob.open(`${bob.url}#${id}.${auth_key}`);
    await bob.signInAs("bob", "delta");
    await bob.look();
    await bob.context.route(
      "**/accept",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await bob.press(/^Accept$/);
    await bob.reads("The service cannot be reached.");
    expect((await donor.get(`volumes/${volume_id}`)).status).toBe(404);
    await bob.accept();
    await bob.close();
  });
});

describe("an offer", () => {
  it("that is made again after a lost response is the same, with a key that works", async () => {
    const alice = await Person.at(worker.url, browser);
    const donor = new Client(worker.url, { project: `epsilon-${crypto.randomUUID()}` });
    await donor.createVolume({ name: "lost" });
    await alice.open();
    await alice.signInAs("alice", donor.project);
    await alice.context.route(
      "**/v3/*/volume-transfers",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await alice.press("Offer lost");
    await alice.press("Make the offer");
    await alice.reads("The service cannot be reached.");
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    const [, id = "", auth_key = ""] =
      /#(.+)\.(.+)$/.exec(await alice.page.getByLabel("Link", { exact: true }).inputValue()) ?? [];
    expect((await new Client(worker.url).accept({ id, auth_key })).status).toBe(202);
    await alice.close();
  });
});
