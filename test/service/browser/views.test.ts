import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { expectAccessible } from "./accessibility.ts";
import { Person } from "./person.ts";
import { servePage } from "./served_page.ts";

const served = servePage();

describe("every state of the page", () => {
  it.each(["desktop", "phone"])("is accessible, light and dark, on a %s", async (device) => {
    const { url } = served.running.D1;
    const donor = new Client(url, { project: `alpha-${device}` });
    const recipient = new Client(url, { project: `beta-${device}` });
    const alice = await Person.at(url, served.browser, { phone: device === "phone" });
    const seen = (state: string) => expectAccessible(alice, state);

    await alice.open();
    await alice.sees("Sign in");
    await seen("sign in");
    await alice.type("User", "has a blank");
    await alice.type("Project", donor.project);
    await alice.press("Sign in");
    await alice.reads(/may contain letters/);
    await seen("sign in, refused");
    await alice.signInAs("alice", donor.project);
    await alice.reads("This project has no volumes.");
    await seen("no volumes");
    for (let n = 0; n < 12; n++) {
      await donor.createVolume({ name: `disk ${n}`, description: n === 11 ? "with a description" : null });
    }
    await new Admin(url).resetStatus("volumes", await donor.createVolume({ name: "broken" }), "error");
    await donor.createVolumeAndTransfer({ name: "open", expires_at: "2999-01-01T00:00:00Z" });
    await alice.open();
    await alice.reads("broken");
    await seen("volumes");
    await alice.page.getByRole("searchbox").fill("nothing has this name");
    await alice.reads("No volume matches.");
    await seen("volumes, none found");
    await alice.page.getByRole("searchbox").fill("disk 11");
    await alice.press("Offer disk 11");
    await seen("offer");
    await alice.page.getByLabel("On a date").check();
    await seen("offer, with a date");
    await alice.page.getByLabel("In an hour").check();
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    await alice.reads("Nobody has accepted yet.");
    await alice.page.getByText("For the command line").click();
    await seen("offered");
    const link = await alice.page.getByLabel("Link", { exact: true }).inputValue();
    await alice.goTo("Open offers");
    await alice.reads("Leave without the link?");
    await seen("leave without the link");
    await alice.press("Stay here");
    await alice.press("Show a QR code");
    await seen("offered, with a QR code");
    await alice.goTo("Open offers");
    await alice.reads("Anybody with the link");
    await seen("open offers");
    await alice.press("New link for open");
    await seen("new link");
    await alice.press("Cancel");
    await alice.page.getByRole("link", { name: "open", exact: true }).click();
    await alice.reads("Last looked at");
    await seen("an open offer");
    await alice.page.getByRole("link", { name: "All open offers" }).click();
    await alice.press("Withdraw open");
    await seen("withdraw");
    await alice.confirm("Withdraw");
    await alice.reads(/Withdrawn/);
    await seen("withdrawn");
    await alice.goTo("Receive");
    await alice.sees("Receive a volume");
    await alice.press("Continue");
    await alice.reads("This is not the link of an offer.");
    await seen("receive, refused");
    await alice.goTo("History");
    await alice.sees("History");
    await alice.page.locator("table, .message, .empty").first().waitFor();
    await seen("history");
    await alice.page.getByRole("link", { name: "open", exact: true }).click();
    await alice.reads("Withdrawn: the volume is yours again.");
    await seen("a closed offer");
    await alice.openAccount();
    await seen("account");
    await alice.press("Change project");
    await seen("change the project");
    await alice.type("Project", recipient.project);
    await alice.press("Use this project");
    await alice.reads(recipient.project);
    await alice.goTo("Receive");
    await alice.type("Link", link);
    await alice.press("Continue");
    await alice.sees("You are offered a volume");
    await seen("offered to me");
    await new Admin(url).setQuota(recipient.project, { gigabytes: 0 });
    await alice.look();
    await seen("preview without room");
    await new Admin(url).setQuota(recipient.project, { gigabytes: -1 });
    await alice.press("Look again");
    await alice.button(/^Accept$/).waitFor();
    await seen("preview");
    await alice.accept();
    await seen("accepted");
    await alice.close();
  });
});

describe.each(DATABASES)("the page, on %s", (database) => {
  const enter = (project: string) => Person.signedIn(served.running[database].url, served.browser, project);
  const clientOf = (project: string) => new Client(served.running[database].url, { project });

  it("offers to one project, without snapshots, until a date in the reader's zone", async () => {
    const client = clientOf("giver");
    await client.createVolume({ name: "precious" });
    const alice = await enter("giver");
    await alice.press("Offer precious");
    await alice.page.getByLabel("With its snapshots").uncheck();
    await alice.page.getByLabel("On a date").check();
    await alice.type("Date and time", "2027-03-01T10:30");
    await alice.type("Recipient's project ID (optional)", "taker");
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    await alice.reads("1 Mar 2027, 10:30 CET");
    const { transfers } = (await client.get("volume-transfers/detail")).body;
    expect(transfers).toMatchObject([
      { no_snapshots: true, expires_at: "2027-03-01T09:30:00.000000", destination_project_id: "taker" },
    ]);
    await alice.goTo("Open offers");
    await alice.reads("taker");
    await alice.close();
  });

  it("shows on the list of open offers that one was accepted, without a reload", async () => {
    const client = clientOf("watcher");
    const transfer = await client.createVolumeAndTransfer({ name: "watched" });
    const alice = await enter("watcher");
    await alice.goTo("Open offers");
    await alice.reads("watched");
    await clientOf("fast").accept(transfer);
    await alice.reads(/watched: Accepted/);
    await alice.reads("Nothing is offered.");
    await alice.close();
  });

  it("withdraws an offer, and its volume can be offered again", async () => {
    const client = clientOf("regret");
    await client.createVolume({ name: "back" });
    const alice = await enter("regret");
    const link = await alice.offer("back");
    await alice.goTo("Open offers");
    await alice.press("Withdraw back");
    await alice.confirm("Withdraw");
    await alice.reads(/back: Withdrawn/);
    await alice.goTo("Volumes");
    await alice.button("Offer back").waitFor();
    const [, id = "", auth_key = ""] = /#(.+)\.(.+)$/.exec(link) ?? [];
    expect((await clientOf("late").accept({ id, auth_key })).status).toBe(404);
    await alice.close();
  });

  it("works with the browser's own buttons, and forgets the key of an offer that is left", async () => {
    const alice = await enter("mover");
    await alice.goTo("Open offers");
    await alice.sees("Open offers");
    await alice.goTo("Receive");
    await alice.sees("Receive a volume");
    await alice.page.goBack();
    await alice.sees("Open offers");
    await alice.page.reload();
    await alice.sees("Open offers");
    alice.expectNothingUnexpected();
    await alice.close();
  });

  it("shows names as text, never as HTML", async () => {
    const name = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`;
    const volume = await clientOf("text").createVolume({ name, description: name });
    const alice = await enter("text");
    await alice.reads(name);
    await alice.press(/^Offer </);
    await alice.type("Name of the offer (optional)", name);
    await alice.press("Make the offer");
    await alice.sees("Your offer");
    expect(await alice.page.title()).not.toContain("hacked");
    expect(await alice.page.locator("main img, main script").count()).toBe(0);
    expect((await clientOf("text").get(`volumes/${volume}`)).body.volume.name).toBe(name);
    await alice.close();
  });

  it("is protected by its headers, and loads nothing from elsewhere", async () => {
    const { url } = served.running[database];
    const page = await fetch(`${url}/handoff`);
    const html = await page.text();
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "content-type": "text/html; charset=UTF-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
      expect(policy).toContain(part);
    const files = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, file = ""]) => file).filter(
      (file) => !file.startsWith("data:"),
    );
    expect(files).toEqual([
      expect.stringMatching(/^handoff\/page-\w{8}\.css$/),
      expect.stringMatching(/^handoff\/page-\w{8}\.js$/),
      "handoff/session",
    ]);
    expect((await fetch(`${url}/handoff/session`)).headers.get("cache-control")).toBe("no-store");
    for (const file of files.slice(0, 2)) {
      const response = await fetch(`${url}/${file}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(response.headers.get("content-encoding")).toBe("gzip");
      expect(await response.text()).not.toMatch(/\b(?:src|href)\s*=\s*["']https?:|@import|url\(["']?http/);
    }
    expect((await fetch(`${url}/handoff/page`)).status).toBe(404);
    expect((await fetch(`${url}/handoff/page-00000000.js`)).status).toBe(404);
  });
});
