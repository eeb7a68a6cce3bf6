import { expectBody, expectFault, expectHeader, expectStatus, expectThat } from "../expect.ts";
import { CINDER, HTTP, type Rule, reference } from "../rule.ts";
import { OLDER_PATH, type Session, TRANSFERS, UNKNOWN_ID } from "../session.ts";
import { versions } from "../shapes.ts";

const VERSIONS = reference("API versions");
const HISTORY = "REST API version history of Cinder, and the API microversion specification";

/** The header of a microversion is an error. */
const REFUSED: readonly (readonly [name: string, version: string, status: number, source: string])[] = [
  ["too-new", "volume 3.999", 406, HISTORY],
  ["other-major", "volume 2.0", 406, HISTORY],
  ["word", "volume abc", 400, CINDER],
  ["leading-zero", "volume 3.00", 400, CINDER],
  ["no-number", "volume", 400, HTTP],
];

/** Asserts that a request with a header gets a response at this microversion. */
async function expectServedAt(session: Session, version: string | null, minor: number): Promise<void> {
  const answer = await session.owner.send({ path: OLDER_PATH, version });
  expectStatus(answer, 200);
  expectHeader(answer, "OpenStack-API-Version", `volume 3.${minor}`);
  expectHeader(answer, "Vary", "OpenStack-API-Version");
}

async function expectVersion3({ owner, newest }: Session, path: string, status: number): Promise<void> {
  const answer = await owner.send({ path, version: null });
  const found = expectBody(answer, status, versions).versions.find(({ id }) => id === "v3.0");
  const range = found && `${found.min_version} to ${found.version}`;
  expectThat(range === `3.0 to 3.${newest}`, `v3.0 with the microversions 3.0 to 3.${newest}`, answer);
}

export const discoveryRules: readonly Rule[] = [
  {
    id: "discovery/versions",
    statement: "GET / responds with 300 and the versions",
    source: VERSIONS,
    since: 0,
    check: (session) => expectVersion3(session, "/", 300),
  },
  {
    id: "discovery/v3",
    statement: "GET /v3/ responds with 200 and version 3",
    source: VERSIONS,
    since: 0,
    check: (session) => expectVersion3(session, "/v3/", 200),
  },
  {
    id: "discovery/unknown-path",
    statement: "An unknown path gets an error of OpenStack, as JSON",
    source: "API reference: every error is JSON",
    since: 0,
    async check({ owner }) {
      expectFault(await owner.get(`conform-${UNKNOWN_ID}`), 404);
    },
  },
  {
    id: "access/no-token",
    statement: "A request without a token gets 401",
    source: "keystonemiddleware, auth_token",
    since: 0,
    async check({ owner }) {
      expectStatus(await owner.send({ path: OLDER_PATH, anonymous: true }), 401);
    },
  },
  {
    id: "access/other-projects-path",
    statement: "The path of another project is refused",
    source: CINDER,
    since: 0,
    async check({ owner, other }) {
      if (other.project === owner.project) return;
      const answer = await owner.send({ path: `/v3/${other.project}/${OLDER_PATH}` });
      expectStatus(answer, 400, 403, 404);
    },
  },
  {
    id: "microversion/default",
    statement: "A request without OpenStack-API-Version is served at 3.0",
    source: HISTORY,
    since: 0,
    check: (session) => expectServedAt(session, null, 0),
  },
  {
    id: "microversion/requested",
    statement: "A response names the microversion of the request, and Vary the header",
    source: HISTORY,
    since: 57,
    check: (session) => expectServedAt(session, "volume 3.57", 57),
  },
  {
    id: "microversion/latest",
    statement: "volume latest is the newest microversion",
    source: HISTORY,
    since: 0,
    check: (session) => expectServedAt(session, "volume latest", session.newest),
  },
  {
    id: "microversion/other-services",
    statement: "Of the microversions of several services the one of volume counts",
    source: HISTORY,
    since: 57,
    check: (session) => expectServedAt(session, "volume 3.57,compute 2.1", 57),
  },
  {
    id: "microversion/of-errors",
    statement: "An error names the microversion of the request, too",
    source: CINDER,
    async check({ owner }) {
      const answer = await owner.get(`${TRANSFERS}/${UNKNOWN_ID}`, "3.55");
      expectFault(answer, 404);
      expectHeader(answer, "OpenStack-API-Version", "volume 3.55");
      expectHeader(answer, "Vary", "OpenStack-API-Version");
    },
  },
  ...REFUSED.map(
    ([name, version, status, source]): Rule => ({
      id: `microversion/${name}`,
      statement: `OpenStack-API-Version: ${version} gets ${status}`,
      source,
      since: 0,
      check: async ({ owner }) => expectFault(await owner.send({ path: OLDER_PATH, version }), status),
    }),
  ),
];
