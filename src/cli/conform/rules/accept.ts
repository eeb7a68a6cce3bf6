import { expectFault, expectStatus } from "../expect.ts";
import { expectOwner } from "../ownership.ts";
import { CINDER, HTTP, type Rule, reference } from "../rule.ts";
import { OLDER_PATH, TRANSFERS, UNKNOWN_ID, WRONG_KEY } from "../session.ts";

const ACCEPT = reference("Accept a volume transfer");

/** Bodies that are refused with 400. */
const INVALID: readonly (readonly [name: string, what: string, body: unknown])[] = [
  ["wrong-key", "a wrong auth_key", { accept: { auth_key: WRONG_KEY } }],
  ["key-empty", "an empty auth_key", { accept: { auth_key: "" } }],
  ["key-number", "a number as the auth_key", { accept: { auth_key: 1234 } }],
  ["key-null", "null as the auth_key", { accept: { auth_key: null } }],
  ["key-list", "a list as the auth_key", { accept: { auth_key: [] } }],
  ["no-key", "no auth_key", { accept: {} }],
  ["empty-object", "an empty object", {}],
  ["accept-null", "null as accept", { accept: null }],
];

const invalidBodies = INVALID.map(
  ([name, what, body]): Rule => ({
    id: `accept/${name}`,
    statement: `An accept with ${what} gets 400, and the transfer stays open`,
    source: CINDER,
    async check(session) {
      const { id } = await session.offer();
      expectFault(await session.other.post(`${TRANSFERS}/${id}/accept`, body), 400);
      expectStatus(await session.owner.get(`${TRANSFERS}/${id}`), 200);
    },
  }),
);

export const acceptRules: readonly Rule[] = [
  {
    id: "accept/moves-volume",
    statement: "An accept moves the volume to the project of the caller, where it is available",
    source: ACCEPT,
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      await expectOwner(session, volume_id, "other");
    },
  },
  {
    id: "accept/closes-transfer",
    statement: "An accepted transfer is gone: for show, accept and delete it is 404",
    source: CINDER,
    async check(session) {
      const { id, auth_key } = await session.offer();
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      expectFault(await session.owner.get(`${TRANSFERS}/${id}`), 404);
      expectFault(await session.other.get(`${TRANSFERS}/${id}`), 404);
      expectFault(await session.accept(session.other, id, auth_key), 404);
      expectFault(await session.owner.delete(`${TRANSFERS}/${id}`), 404);
    },
  },
  {
    id: "accept/moves-snapshots",
    statement: "An accept moves the snapshots with the volume",
    source: `${ACCEPT}, version history 3.55`,
    async check(session) {
      const volume_id = await session.volume();
      const snapshot = await session.createSnapshot(volume_id);
      const { id, auth_key } = await session.offer(volume_id);
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      expectStatus(await session.other.get(`snapshots/${snapshot}`), 200);
      expectFault(await session.owner.get(`snapshots/${snapshot}`), 404);
    },
  },
  {
    id: "accept/leaves-snapshots",
    statement: "An accept of a transfer with no_snapshots leaves the snapshots behind",
    source: `${ACCEPT}, version history 3.55`,
    async check(session) {
      const volume_id = await session.volume();
      const snapshot = await session.createSnapshot(volume_id);
      const { id, auth_key } = await session.offer(volume_id, { no_snapshots: true });
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      expectStatus(await session.owner.get(`snapshots/${snapshot}`), 200);
      expectFault(await session.other.get(`snapshots/${snapshot}`), 404);
      await expectOwner(session, volume_id, "other");
    },
  },
  {
    id: "accept/old-path",
    statement: `A transfer can be accepted under /${OLDER_PATH} at 3.0`,
    source: reference("Accept a volume transfer (os-volume-transfer)"),
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      const body = { accept: { auth_key } };
      expectStatus(await session.other.post(`${OLDER_PATH}/${id}/accept`, body, "3.0"), 202);
      await expectOwner(session, volume_id, "other");
    },
  },
  {
    id: "accept/own-project",
    statement: "The project that has created a transfer can accept it",
    source: CINDER,
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      expectStatus(await session.accept(session.owner, id, auth_key), 202);
      await expectOwner(session, volume_id, "owner");
    },
  },
  {
    id: "accept/unknown",
    statement: "An accept of an unknown transfer gets 404",
    source: CINDER,
    check: async (session) => expectFault(await session.accept(session.other, UNKNOWN_ID, WRONG_KEY), 404),
  },
  {
    id: "accept/not-uuid",
    statement: "An accept of a transfer whose id is no UUID gets 404",
    source: CINDER,
    check: async (session) => expectFault(await session.accept(session.other, "nope", WRONG_KEY), 404),
  },
  {
    id: "accept/not-json",
    statement: "An accept with a body that is not JSON gets 400",
    source: CINDER,
    async check(session) {
      const { id } = await session.offer();
      const raw = { text: "nope", type: "application/json" };
      expectFault(await session.other.send({ method: "POST", path: `${TRANSFERS}/${id}/accept`, raw }), 400);
    },
  },
  {
    id: "accept/no-body",
    statement: "An accept without a body gets an error of the client",
    source: HTTP,
    async check(session) {
      const { id } = await session.offer();
      const answer = await session.other.send({ method: "POST", path: `${TRANSFERS}/${id}/accept` });
      expectStatus(answer, 400, 411, 415);
    },
  },
  ...invalidBodies,
];
