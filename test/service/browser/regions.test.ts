import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { type Keystone, startKeystone } from "../../interoperability/keystone/keystone.ts";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import {
  type LibsqlService,
  type ServiceOnBoth,
  startLibsqlService,
  startOnBoth,
} from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { expectAccessible } from "./accessibility.ts";
import { startBrowser } from "./chromium.ts";
import { authenticate, oidcVariables, startIdentityProvider } from "./identity_provider.ts";
import { expectKeyNowhere, keyOf } from "./key_search.ts";
import { Person } from "./person.ts";

const REGIONS = { ...NO_QUOTA, REGIONS: "eu us" };

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

describe.each(DATABASES)("the page of a service with the regions eu and us, on %s", (database) => {
  let running: ServiceOnBoth;
  beforeAll(async () => {
    // A region can have a secret of its own: the session is valid in both all the same.
    running = await startOnBoth({
      ...REGIONS,
      AUTH_STRATEGY: "noauth",
      AUTH_KEY_SECRET_US: generateAuthKeySecret(),
    });
  });
  afterAll(() => running?.stop());
  const service = () => running[database];
  const clientOf = (region: string, project: string) => new Client(`${service().url}/${region}`, { project });

  it("hands a volume over in the region that the sender has chosen, and the key is nowhere else", async () => {
    const donor = clientOf("eu", "alpha");
    const volume = await donor.createVolume({ name: "european" });
    await clientOf("us", "alpha").createVolume({ name: "american" });
    const [alice, bob] = [await Person.at(service().url, browser), await Person.at(service().url, browser)];

    await alice.open();
    await alice.sees("Choose a region");
    await expectAccessible(alice, "choose a region");
    await alice.page.getByRole("link", { name: "us" }).click();
    await alice.sees("Sign in");
    await expectAccessible(alice, "sign in to a region");
    await alice.signInAs("alice", "alpha");
    await alice.reads("american");
    await alice.choose("Change region");
    await expectAccessible(alice, "change the region");
    await alice.page.getByRole("dialog").getByRole("link", { name: "eu" }).click();
    // Without a new sign-in.
    await alice.reads("european");
    expect(await alice.page.getByText("american").count()).toBe(0);
    const link = await alice.offer("european");
    expect(link).toMatch(new RegExp(`^${service().url}/eu/handoff#[0-9a-f-]{36}\\.[0-9a-z]{16}$`));
    await alice.page.getByText("For the command line").click();
    expect(await alice.page.getByLabel("Command of the recipient", { exact: true }).inputValue()).toMatch(
      /^openstack --os-region-name eu volume transfer request accept --auth-key /,
    );

    await bob.open(link);
    await bob.signInAs("bob", "beta");
    await bob.look();
    expect(await bob.page.locator("dt:text-is('Region') + dd").textContent()).toBe("eu");
    await expectAccessible(bob, "preview in a region");
    await bob.accept();
    await alice.sees("Your offer is closed");
    expect((await clientOf("eu", "beta").get(`volumes/${volume}`)).status).toBe(200);
    expect((await clientOf("us", "beta").get(`volumes/${volume}`)).status).toBe(404);
    for (const person of [alice, bob]) {
      await expectKeyNowhere(keyOf(link), person, service());
      person.expectNothingUnexpected();
      await person.close();
    }
  });

  it("takes the link of another region to that region", async () => {
    const { id, auth_key } = await clientOf("eu", "alpha").createVolumeAndTransfer({ name: "far away" });
    const bob = await Person.at(`${service().url}/us`, browser);
    await bob.open();
    await bob.signInAs("bob", "beta");
    await bob.goTo("Receive");
    await bob.type("Link", `${service().url}/eu/handoff#${id}.${auth_key}`);
    await bob.press("Continue");
    await bob.page.waitForURL(`${service().url}/eu/handoff`);
    await bob.look();
    await bob.accept();
    await expectKeyNowhere(auth_key, bob, service());
    await bob.close();
  });

  it("asks for the region of a link that was made before there were regions, and keeps the offer", async () => {
    const { id, auth_key } = await clientOf("us", "alpha").createVolumeAndTransfer();
    const bob = await Person.at(service().url, browser);
    await bob.open(`${bob.url}#${id}.${auth_key}`);
    await bob.sees("Choose a region");
    await bob.reads(/the link does not say in which region/);
    expect(await bob.page.content()).not.toContain(auth_key);
    await bob.page.getByRole("link", { name: "us" }).click();
    await bob.page.waitForURL(`${service().url}/us/handoff`);
    await bob.signInAs("bob", "beta");
    await bob.look();
    await bob.accept();
    await expectKeyNowhere(auth_key, bob, service());
    await bob.close();
  });

  it("takes an offer along to another region, in which it was sought in vain", async () => {
    const { id, auth_key } = await clientOf("eu", "alpha").createVolumeAndTransfer();
    const bob = await Person.at(`${service().url}/us`, browser);
    await bob.open();
    await bob.signInAs("bob", "beta");
    await bob.goTo("Receive");
    await bob.reads("or, for an offer in region us");
    await bob.type("ID", id);
    await bob.type("Key", auth_key);
    await bob.press("Continue");
    await bob.press("Look at the offer");
    await bob.reads(/This offer is closed/);
    await bob.reads(/You are in region us\. If the offer is in another region, change the region\./);
    await bob.choose("Change region");
    await bob.page.getByRole("dialog").getByRole("link", { name: "eu" }).click();
    await bob.page.waitForURL(`${service().url}/eu/handoff`);
    await bob.look();
    await expectKeyNowhere(auth_key, bob, service());
    await bob.close();
  });

  it("ends the session in all regions at once", async () => {
    const alice = await Person.at(`${service().url}/eu`, browser);
    await alice.open();
    await alice.signInAs("alice", "alpha");
    const other = await alice.context.newPage();
    await other.goto(`${service().url}/us/handoff`);
    await other.getByRole("heading", { name: "Volumes" }).waitFor();
    await alice.choose("Sign out");
    await alice.sees("Sign in");
    await other.getByRole("link", { name: "History" }).click();
    await other.getByText("Your session has ended. Sign in to continue.").waitFor();
    await alice.close();
  });
});

describe("the sign-in of a service with the regions eu and us", () => {
  const start = (variables: Readonly<Record<string, string>>): Promise<LibsqlService> =>
    startLibsqlService({
      ...REGIONS,
      AUTH_KEY_SECRET: generateAuthKeySecret(),
      ...variables,
    });

  it("is one for both with Keystone", async () => {
    const keystone: Keystone = await startKeystone({ blockStorageUrl: "http://127.0.0.1:8776" });
    const service = await start({
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: keystone.url,
      KEYSTONE_TIMEOUT_MS: "25000",
    });
    try {
      const alice = await Person.at(`${service.url}/eu`, browser);
      await alice.open();
      await alice.signInWith("alice", keystone.password);
      await alice.reads("This project has no volumes.");
      await alice.choose("Change region");
      await alice.page.getByRole("dialog").getByRole("link", { name: "us" }).click();
      await alice.page.waitForURL(`${service.url}/us/handoff`);
      await alice.reads("alice in project");
      await alice.reads("This project has no volumes.");
      await alice.close();
    } finally {
      await service.stop();
      await keystone.close();
    }
  });

  it("is one for both with OpenID Connect, and needs one redirect URI", async () => {
    const provider = await startIdentityProvider();
    const service = await start(oidcVariables(provider));
    try {
      provider.addClient([`${service.url}/handoff/callback`]);
      const alice = await Person.at(`${service.url}/us`, browser);
      await alice.open();
      await alice.press("Sign in");
      await authenticate(alice.page, "alice");
      await alice.reads("alice's name");
      expect(alice.page.url()).toBe(`${service.url}/us/handoff`);
      await alice.reads("This project has no volumes.");
      await alice.open(`${service.url}/eu/handoff`);
      await alice.reads("This project has no volumes.");
      // An answer that nobody has asked for.
      await alice.open(`${service.url}/handoff/callback?code=abc&state=def`);
      await alice.sees("Choose a region");
      await alice.reads(/The sign-in took too long, or was started in another browser/);
      await alice.close();
    } finally {
      await service.stop();
      await provider.stop();
    }
  });
});

describe("the page of a service whose hosts name the regions", () => {
  it("goes from host to host, each with a session of its own", async () => {
    const service = await startLibsqlService({
      ...REGIONS,
      AUTH_STRATEGY: "noauth",
      REGION_HOSTS: "eu.localhost=eu,us.localhost=us",
    });
    const atHosts = await startBrowser([
      `--host-resolver-rules=MAP *.localhost:80 ${new URL(service.url).host}`,
    ]);
    try {
      const alice = await Person.at("http://eu.localhost", atHosts);
      await new Client(`${service.url}/eu`, { project: "alpha" }).createVolume({ name: "european" });
      await alice.open();
      await alice.signInAs("alice", "alpha");
      expect(await alice.offer("european")).toMatch(/^http:\/\/eu\.localhost\/handoff#/);
      await alice.choose("Change region");
      await alice.page.getByRole("dialog").getByRole("link", { name: "us" }).click();
      await alice.page.waitForURL("http://us.localhost/handoff");
      await alice.sees("Sign in");
      await alice.close();
    } finally {
      await atHosts.close();
      await service.stop();
    }
  });
});
