import { expectFault, expectStatus } from "../expect.ts";
import { expectOwner } from "../ownership.ts";
import { CINDER, type Rule, reference } from "../rule.ts";
import { OLDER_PATH, TRANSFERS, UNKNOWN_ID } from "../session.ts";

export const showAndDeleteRules: readonly Rule[] = [
  {
    id: "show/unknown",
    statement: "An unknown transfer is 404",
    source: CINDER,
    check: async ({ owner }) => expectFault(await owner.get(`${TRANSFERS}/${UNKNOWN_ID}`), 404),
  },
  {
    id: "show/not-uuid",
    statement: "A transfer whose id is no UUID is 404",
    source: CINDER,
    check: async ({ owner }) => expectFault(await owner.get(`${TRANSFERS}/nope`), 404),
  },
  {
    id: "show/other-projects",
    statement: "Another project does not find a transfer",
    source: CINDER,
    async check(session) {
      const { id } = await session.offer();
      expectFault(await session.other.get(`${TRANSFERS}/${id}`), 404);
      expectFault(await session.other.get(`${OLDER_PATH}/${id}`), 404);
    },
  },
  {
    id: "delete/returns-volume",
    statement: "A delete gets 202, and the volume is available again",
    source: reference("Delete a volume transfer"),
    async check(session) {
      const { id, volume_id } = await session.offer();
      expectStatus(await session.owner.delete(`${TRANSFERS}/${id}`), 202);
      await expectOwner(session, volume_id, "owner");
      expectFault(await session.owner.get(`${TRANSFERS}/${id}`), 404);
    },
  },
  {
    id: "delete/twice",
    statement: "A second delete gets 404",
    source: CINDER,
    async check(session) {
      const { id } = await session.offer();
      expectStatus(await session.owner.delete(`${TRANSFERS}/${id}`), 202);
      expectFault(await session.owner.delete(`${TRANSFERS}/${id}`), 404);
    },
  },
  {
    id: "delete/ends-key",
    statement: "The auth_key of a deleted transfer accepts nothing",
    source: reference("Delete a volume transfer"),
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      expectStatus(await session.owner.delete(`${TRANSFERS}/${id}`), 202);
      expectFault(await session.accept(session.other, id, auth_key), 404);
      await expectOwner(session, volume_id, "owner");
    },
  },
  {
    id: "delete/old-path",
    statement: `A transfer can be deleted under /${OLDER_PATH}`,
    source: reference("Delete volume transfer (os-volume-transfer)"),
    async check(session) {
      const { id, volume_id } = await session.offer();
      expectStatus(await session.owner.delete(`${OLDER_PATH}/${id}`), 202);
      await expectOwner(session, volume_id, "owner");
    },
  },
  {
    id: "delete/unknown",
    statement: "A delete of an unknown transfer gets 404",
    source: CINDER,
    check: async ({ owner }) => expectFault(await owner.delete(`${TRANSFERS}/${UNKNOWN_ID}`), 404),
  },
  {
    id: "delete/other-projects",
    statement: "Another project cannot delete a transfer",
    source: CINDER,
    async check(session) {
      const { id } = await session.offer();
      expectFault(await session.other.delete(`${TRANSFERS}/${id}`), 404);
      expectStatus(await session.owner.get(`${TRANSFERS}/${id}`), 200);
    },
  },
];
