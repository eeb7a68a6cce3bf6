import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange } from "../exchange.ts";
import { expectBody, expectFault, expectThat } from "../expect.ts";
import { CINDER, type Rule, reference } from "../rule.ts";
import { type Session, shared, TRANSFERS, UNKNOWN_ID } from "../session.ts";
import { listed } from "../shapes.ts";
import { NotJudged } from "../violations.ts";

const LIST = reference("List volume transfers for a project");
const SECRETS = "A sort by a column that no response shows reveals it";

/** Cinder's times have whole seconds. */
const APART_MS = 1100;

/** The names of three transfers, which are all that the owner has, from the oldest to the newest. */
const NAMES = ["c", "a", "b"];

/** Creates the three transfers, and returns their ids by name. */
const threeOffers = shared(async (session): Promise<Readonly<Record<string, string>>> => {
  const { transfers } = expectBody(await session.owner.get(TRANSFERS, "3.58"), 200, listed);
  if (transfers.length > 0) throw new NotJudged("the project has transfers of its own: use an empty one");
  const ids: Record<string, string> = {};
  for (const name of NAMES) {
    ids[name] = (await session.offer(await session.volume(), { name })).id;
    await sleep(APART_MS);
  }
  return ids;
});

/** Returns the names on a page. */
function namesOn(answer: Exchange): string {
  return expectBody(answer, 200, listed)
    .transfers.map(({ name }) => name)
    .join(" ");
}

function expectNames(answer: Exchange, names: string): void {
  expectThat(namesOn(answer) === names, `the transfers ${names || "(none)"}`, answer);
}

/** Returns the response to a query, in which `<a>` is the id of the transfer `a`. */
async function query(session: Session, text: string, microversion = "3.59"): Promise<Exchange> {
  const ids = await threeOffers(session);
  const filled = text.replaceAll(/<(\w)>/g, (_, name) => ids[name] ?? "");
  return session.owner.get(`${TRANSFERS}${filled}`, microversion);
}

/** Queries, with the names on the page. */
const PAGES: readonly (readonly [id: string, what: string, query: string, names: string, at?: string])[] = [
  ["list/oldest-first", "begins with the oldest before 3.59", "", "c a b", "3.58"],
  ["list/newest-first", "begins with the newest from 3.59", "", "b a c"],
  ["list/newest-first-detail", "with details begins with the newest from 3.59", "/detail", "b a c"],
  ["pages/limit", "ends after limit transfers", "?limit=2", "b a"],
  ["pages/limit-zero", "with limit=0 is empty", "?limit=0", ""],
  ["pages/limit-huge", "with a limit above the number has all", "?limit=1000000", "b a c"],
  ["pages/marker", "begins behind the marker", "?marker=<b>", "a c"],
  ["pages/marker-sorted", "begins behind the marker in its order", "?sort=created_at:asc&marker=<a>", "b"],
  ["pages/marker-last", "behind the last is empty", "?limit=1&marker=<c>", ""],
  ["pages/offset", "skips offset transfers", "?offset=1", "a c"],
  ["pages/offset-beyond", "is empty behind the last offset", "?offset=5", ""],
  ["sort/name", "is sorted by sort", "?sort=display_name:asc", "a b c"],
  ["sort/name-descending", "is sorted descending by default", "?sort=display_name", "c b a"],
  ["sort/key-and-dir", "is sorted by sort_key and sort_dir", "?sort_key=created_at&sort_dir=asc", "c a b"],
  ["filter/name", "is filtered by name", "?name=a", "a"],
  ["filter/unmatched", "of an unmatched filter is empty", "?name=none", ""],
  ["filter/unknown", "of an unknown filter is empty", "?conform=1", ""],
  [
    "filter/all-tenants",
    "of a member has its project alone, also with all_tenants",
    "?all_tenants=1",
    "b a c",
  ],
];

/** Queries that are refused. */
const REFUSED: readonly (readonly [
  id: string,
  what: string,
  query: string,
  status: number,
  source?: string,
])[] = [
  ["pages/limit-negative", "a negative limit", "?limit=-1", 400],
  ["pages/limit-word", "a limit that is no number", "?limit=abc", 400],
  ["pages/limit-empty", "an empty limit", "?limit=", 400],
  ["pages/offset-negative", "a negative offset", "?offset=-1", 400],
  ["pages/offset-word", "an offset that is no number", "?offset=abc", 400],
  ["pages/marker-unknown", "an unknown marker", `?marker=${UNKNOWN_ID}`, 404],
  ["sort/unknown", "an unknown sort key", "?sort=conform:asc", 400],
  ["sort/direction", "an unknown direction", "?sort=display_name:up", 400],
  ["sort/both-forms", "sort together with sort_key", "?sort=display_name:asc&sort_key=id", 400],
  ["sort/crypt-hash", "the hash of the auth_key as the sort key", "?sort=crypt_hash:asc", 400, SECRETS],
  ["sort/salt", "the salt of the hash as the sort key", "?sort=salt:asc", 400, SECRETS],
];

export const listRules: readonly Rule[] = [
  ...PAGES.map(
    ([id, what, text, names, at]): Rule => ({
      id,
      statement: `A list ${what}`,
      source: LIST,
      since: 59,
      check: async (session) => expectNames(await query(session, text, at), names),
    }),
  ),
  ...REFUSED.map(
    ([id, what, text, status, source = CINDER]): Rule => ({
      id,
      statement: `A list with ${what} gets ${status}`,
      source,
      since: 59,
      check: async (session) => expectFault(await query(session, text), status),
    }),
  ),
  {
    id: "pages/next-link",
    statement: "The links to the next page lead through all transfers, each once",
    source: LIST,
    since: 59,
    async check(session) {
      const names: string[] = [];
      let answer = await query(session, "?limit=1");
      for (let page = 0; page <= NAMES.length; page++) {
        names.push(namesOn(answer));
        const [next] = expectBody(answer, 200, listed).transfers_links ?? [];
        if (next === undefined) break;
        answer = await session.owner.get(pathOf(next.href), "3.59");
      }
      expectThat(names.join(" ").trim() === "b a c", `b, a and c, not ${names.join(", ")}`, answer);
    },
  },
  {
    id: "pages/last-has-no-link",
    statement: "A page that is not full has no link to a next one",
    source: LIST,
    since: 59,
    async check(session) {
      const answer = await query(session, "?limit=4");
      expectNames(answer, "b a c");
      expectThat(!answer.text.includes("transfers_links"), "no transfers_links", answer);
    },
  },
  {
    id: "pages/marker-of-other-project",
    statement: "A marker that the caller may not see gets 404",
    source: "A list must not confirm what another project has",
    since: 59,
    async check(session) {
      await threeOffers(session);
      const { id } = await session.offer(await session.createVolume(session.other), {}, session.other);
      expectFault(await session.owner.get(`${TRANSFERS}?marker=${id}`, "3.59"), 404);
    },
  },
  {
    id: "list/own-project",
    statement: "A list has no transfers of other projects",
    source: LIST,
    since: 59,
    async check(session) {
      await threeOffers(session);
      const answer = await session.other.get(TRANSFERS, "3.59");
      const ids = Object.values(await threeOffers(session));
      const own = expectBody(answer, 200, listed).transfers.every(({ id }) => !ids.includes(id));
      expectThat(own, "no transfer of the other project", answer);
    },
  },
];

/** Returns the path of a link behind that of the project. Its host can be one that only the endpoint knows. */
const pathOf = (href: string): string => {
  const { pathname, search } = new URL(href);
  return pathname.replace(/^.*\/v3\/[^/]+\//, "") + search;
};
