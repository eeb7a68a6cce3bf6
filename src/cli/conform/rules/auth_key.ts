import type { Exchange } from "../exchange.ts";
import { expectFault, expectStatus, expectThat } from "../expect.ts";
import { expectOwner } from "../ownership.ts";
import { CINDER, type Rule, reference } from "../rule.ts";
import { TRANSFERS, WRONG_KEY } from "../session.ts";

/** More wrong keys than an endpoint may allow to one project. */
const GUESSES = 12;
const SECRECY = "The auth_key is a secret: whoever has it gets the volume";

function expectNoKey(answer: Exchange, auth_key: string): void {
  expectThat(!answer.text.includes(auth_key), "a response without the auth_key", answer);
}

export const authKeyRules: readonly Rule[] = [
  {
    id: "auth-key/shown-once",
    statement: "Only the response of create contains the auth_key",
    source: reference("Show volume transfer detail"),
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      const query = `volume_id=${volume_id}`;
      for (const path of [`/${id}`, `?${query}`, `/detail?${query}`]) {
        const answer = await session.owner.get(`${TRANSFERS}${path}`);
        expectNoKey(answer, auth_key);
        expectThat(!answer.text.includes('"auth_key"'), "a transfer without auth_key", answer);
      }
      expectNoKey(await session.accept(session.other, id, auth_key), auth_key);
    },
  },
  {
    id: "auth-key/not-in-errors",
    statement: "The error of an invalid accept does not repeat the auth_key",
    source: SECRECY,
    async check(session) {
      const { id, auth_key } = await session.offer();
      const body = { accept: { auth_key, more: 1 } };
      const answer = await session.other.post(`${TRANSFERS}/${id}/accept`, body);
      expectFault(answer, 400);
      expectNoKey(answer, auth_key);
    },
  },
  {
    id: "auth-key/new-for-each",
    statement: "The auth_key of a deleted transfer does not accept the next one of the volume",
    source: SECRECY,
    async check(session) {
      const first = await session.offer();
      expectStatus(await session.owner.delete(`${TRANSFERS}/${first.id}`), 202);
      const second = await session.offer(first.volume_id);
      expectFault(await session.accept(session.other, second.id, first.auth_key), 400);
    },
  },
  {
    id: "auth-key/case",
    statement: "An auth_key in another case is a wrong one",
    source: CINDER,
    async check(session) {
      const { id, auth_key } = await session.offer();
      expectFault(await session.accept(session.other, id, `${auth_key.toUpperCase()}Z`), 400);
    },
  },
  {
    id: "guesses/mistakes",
    statement: "After three wrong keys of a project its right one is still accepted",
    source: CINDER,
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      for (let i = 0; i < 3; i++) expectFault(await session.accept(session.other, id, WRONG_KEY), 400);
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      await expectOwner(session, volume_id, "other");
    },
  },
  {
    id: "guesses/of-another-project",
    statement: "Wrong keys of one project do not keep another from accepting",
    source: CINDER,
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      const guesser = session.admin ?? session.owner;
      for (let i = 0; i < GUESSES; i++)
        expectStatus(await session.accept(guesser, id, WRONG_KEY), 400, 403, 409, 429);
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      await expectOwner(session, volume_id, "other");
    },
  },
];
