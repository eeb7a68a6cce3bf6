import { expect } from "vitest";
import type { Service } from "../../support/service.ts";
import type { Person } from "./person.ts";

/** Everything that a script of the page could have left in the browser. */
const STORED = `(async () => JSON.stringify({
  address: location.href,
  referrer: document.referrer,
  state: history.state,
  local: { ...localStorage },
  session: { ...sessionStorage },
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  window: window.name,
  cookies: document.cookie,
}))()`;

/**
 * Asserts that a key is only where it must be: in the bodies of previews and accepts, and on the screen of its owner.
 *
 * @param person who has had the key
 */
export async function expectKeyNowhere(key: string, person: Person, service: Service): Promise<void> {
  expect(key).toMatch(/^[0-9a-z]{16}$/);
  const bodies = /\/v3\/[^/]+\/volume-transfers\/[0-9a-f-]{36}\/(preview|accept)$/;
  for (const { url, headers, body } of person.sent) {
    expect(url).not.toContain(key);
    expect(JSON.stringify(headers)).not.toContain(key);
    if (!bodies.test(url)) expect(body ?? "").not.toContain(key);
  }
  // An identity provider's pages have referrers of their own.
  expect(person.sent.filter(({ headers }) => headers.referer?.startsWith(service.url))).toEqual([]);
  const stored = await person.page.evaluate<string>(STORED);
  expect(stored).not.toContain(key);
  expect(JSON.parse(stored)).toMatchObject({
    local: {},
    session: {},
    databases: [],
    caches: [],
    workers: 0,
    cookies: "",
  });
  for (const cookie of await person.context.cookies()) {
    expect(JSON.stringify(cookie)).not.toContain(key);
    expect([cookie.name, cookie.httpOnly]).toEqual([cookie.name, true]);
  }
  expect(person.console.join("\n")).not.toContain(key);
  expect(service.lines.length).toBeGreaterThan(0);
  expect(service.lines.join("\n")).not.toContain(key);
}

/** Returns the key in the link of an offer. */
export const keyOf = (link: string): string => link.split(".").at(-1) ?? "";
