import { readFileSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { type Keystone, startKeystone } from "../../interoperability/keystone/keystone.ts";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { expectAccessible } from "./accessibility.ts";
import { startBrowser } from "./chromium.ts";
import { expectKeyNowhere } from "./key_search.ts";
import { Person } from "./person.ts";

let browser: Browser;
let keystone: Keystone;
let running: ServiceOnBoth;
beforeAll(async () => {
  browser = await startBrowser();
  keystone = await startKeystone({ blockStorageUrl: "http://127.0.0.1:8776" });
  running = await startOnBoth({
    ...NO_QUOTA,
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    KEYSTONE_TIMEOUT_MS: "25000",
  });
});
afterAll(async () => {
  await browser?.close();
  await running?.stop();
  await keystone?.close();
});

/** English words of the page. None of them may be left in another language. */
const ENGLISH = /\b(the|your|you|offer|offers|accept|link to|copy|with|volume is|sign|receive|nobody)\b/i;

/** The texts of the page, but those of a browser without scripts, which are English. */
const TEXTS = `(() => {
  const body = document.body.cloneNode(true);
  for (const each of body.querySelectorAll("noscript")) each.remove();
  return body.textContent;
})()`;

describe.each(DATABASES)("in German, by keyboard alone and on a phone, on %s", (database) => {
  it("two people hand a volume over by link and by inbox, in every state accessible", async () => {
    const service = running[database];
    const client = new Client(service.url, {
      token: await keystone.token("alice"),
      project: keystone.projects.alpha,
    });
    for (const name of ["Archiv", "Kasse"]) await client.createVolume({ name, size: 1500 });
    const at = () => Person.at(service.url, browser, { phone: true, locale: "de-DE" });
    const [alice, bob] = [await at(), await at()];
    const seen = async (person: Person, state: string) => {
      await expectAccessible(person, state);
      expect(await person.page.evaluate<string>(TEXTS)).not.toMatch(ENGLISH);
    };
    const signIn = async (person: Person, user: string) => {
      await person.tabAndType("Benutzername", user);
      await person.tabAndType("Passwort", keystone.password);
      await person.page.keyboard.press("Enter");
    };

    await alice.open();
    await alice.sees("Anmelden");
    expect(await alice.page.evaluate<string>("document.documentElement.lang")).toBe("de");
    await seen(alice, "Anmelden");
    await alice.tabAndType("Benutzername", "alice");
    await alice.tabAndType("Passwort", "falsch");
    await alice.page.keyboard.press("Enter");
    await alice.reads("Der Benutzername, die Domäne oder das Passwort ist falsch.");
    await alice.type("Passwort", keystone.password);
    await alice.page.keyboard.press("Enter");
    await alice.reads("1.500 GiB");
    await seen(alice, "Volumes");
    await alice.tabAndPress("Kasse anbieten");
    await seen(alice, "Ein Volume anbieten");
    await alice.tabAndPress("Angebot erstellen");
    await alice.sees("Ihr Angebot");
    await alice.tabAndPress("Kopieren: Link");
    await seen(alice, "Ihr Angebot");
    const link = await alice.page.evaluate<string>("navigator.clipboard.readText()");

    await bob.open(link);
    await bob.reads(/Jemand bietet Ihnen ein Volume an/);
    await seen(bob, "Anmelden mit einem Angebot");
    await signIn(bob, "bob");
    await bob.sees("Ihnen wird ein Volume angeboten");
    await seen(bob, "Ein Angebot");
    await bob.tabAndPress("Angebot ansehen");
    await bob.sees("Dieses Volume annehmen?");
    await bob.reads(/in 24 Stunden/);
    await seen(bob, "Dieses Volume annehmen?");
    await bob.tabAndPress("Annehmen");
    await bob.sees("Das Volume gehört Ihnen");
    await seen(bob, "Das Volume gehört Ihnen");
    await alice.reads(/Vom Projekt .* angenommen/);
    await seen(alice, "Ihr Angebot ist geschlossen");

    await alice.tabAndPress("Zurück zu den Volumes");
    await alice.tabAndPress("Archiv anbieten");
    await alice.tabAndType("Projekt-ID des Empfängers (freiwillig)", keystone.projects.beta);
    await alice.page.keyboard.press("Enter");
    await alice.reads(/finden das Angebot unter Empfangen/);
    await alice.tabAndPress("Angebote", "link");
    await alice.sees("Offene Angebote");
    await alice.reads("Archiv");
    await seen(alice, "Offene Angebote");

    await bob.tabAndPress(/^Empfangen/, "link");
    await bob.button("Archiv ansehen").waitFor();
    await seen(bob, "Ein Volume empfangen");
    await bob.tabAndPress("Archiv ansehen");
    await bob.sees("Dieses Volume annehmen?");
    await bob.tabAndPress("Annehmen");
    await bob.sees("Das Volume gehört Ihnen");
    await bob.tabAndPress("Verlauf", "link");
    await bob.reads("Archiv");
    await seen(bob, "Verlauf");
    await alice.reads(/Archiv: Vom Projekt/);
    const [, key = ""] = /\.(\w+)$/.exec(link) ?? [];
    for (const person of [alice, bob]) {
      await expectKeyNowhere(key, person, service);
      person.expectNothingUnexpected();
      await person.close();
    }
  });
});

describe("the texts of the page", () => {
  /** Words of the API, or of those who run it. */
  const JARGON =
    /keystone|cinder|credential|consistency|konsistenz|\bquota|kontingent|\btokens?\b|identity provider|identitätsanbieter|idempoten|scope|tenant|awaiting/i;

  it.each(["en", "de"])(
    "name nothing that only an admin knows, in %s, but where a name helps to find it",
    (file) => {
      const source = readFileSync(path.join(projectFolder, `src/handoff/page/messages/${file}.tsx`), "utf8");
      const texts = source
        .split("\n")
        .filter((line) => !line.includes("credentialHelp:"))
        .flatMap((line) => line.match(/"[^"]+"|`[^`]+`|>[^<>]+</g) ?? [])
        .filter((text) => /\s/.test(text));
      expect(texts.length).toBeGreaterThan(100);
      expect(texts.filter((text) => JARGON.test(text))).toEqual([]);
    },
  );
});

describe("the page", () => {
  it("is in English for a browser of another language, and in the first that it has of several", async () => {
    for (const [locale, lang, heading] of [
      ["fr-FR", "en", "Sign in"],
      ["de-AT", "de", "Anmelden"],
    ] as const) {
      const person = await Person.at(running.libSQL.url, browser, { locale });
      await person.open();
      await person.sees(heading);
      expect(await person.page.evaluate<string>("document.documentElement.lang")).toBe(lang);
      await person.close();
    }
  });
});
