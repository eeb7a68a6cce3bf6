import type { Exchange } from "../exchange.ts";
import { expectBody, expectThat } from "../expect.ts";
import { expectOwner } from "../ownership.ts";
import { type Rule, reference } from "../rule.ts";
import { type Session, TRANSFERS } from "../session.ts";
import { listed } from "../shapes.ts";
import { expectUsage, usageBefore } from "../usage.ts";
import { Violation } from "../violations.ts";

/** How many requests are sent at once. */
const PARALLEL = 8;
/** How often a race is run. */
const ROUNDS = 3;

const ACCEPT = `${reference("Accept a volume transfer")}: a volume has one owner`;

/** Returns the one request that succeeded. The others must have got errors of the client. */
function expectOneWinner(answers: readonly Exchange[]): Exchange {
  const winners = answers.filter(({ status }) => status === 202);
  const [winner] = winners;
  const statuses = answers.map(({ status }) => status).join(", ");
  if (winner === undefined || winners.length > 1 || answers.some(({ status }) => status >= 500))
    throw new Violation(`one 202 of ${answers.length}, and errors of the client`, statuses, answers[0]);
  return winner;
}

/** Accepts a transfer of a volume several times at once, as both projects, and returns which has it. */
async function raceAccepts(session: Session, volume_id: string): Promise<"owner" | "other"> {
  const { id, auth_key } = await session.offer(volume_id);
  const answers = await Promise.all(
    Array.from({ length: PARALLEL }, (_, index) =>
      session.accept(index % 2 === 0 ? session.other : session.owner, id, auth_key),
    ),
  );
  return expectOneWinner(answers).party === session.owner.party ? "owner" : "other";
}

/** Returns a rule whose race is run several times, each with a volume of its own. */
const race = (
  id: string,
  statement: string,
  source: string,
  run: (session: Session, volume_id: string) => Promise<void>,
): Rule => ({
  id: `races/${id}`,
  statement,
  source,
  async check(session) {
    for (let round = 0; round < ROUNDS; round++) await run(session, await session.volume());
  },
});

export const raceRules: readonly Rule[] = [
  race(
    "creates",
    `Of ${PARALLEL} creates of one volume at once one succeeds, and the volume has one transfer`,
    `${reference("Create a volume transfer")}: the volume status must be available`,
    async (session, volume_id) => {
      const body = { transfer: { volume_id } };
      expectOneWinner(
        await Promise.all(Array.from({ length: PARALLEL }, () => session.owner.post(TRANSFERS, body))),
      );
      const answer = await session.owner.get(`${TRANSFERS}?volume_id=${volume_id}`);
      expectThat(expectBody(answer, 200, listed).transfers.length === 1, "one transfer", answer);
    },
  ),
  race(
    "accepts",
    `Of ${PARALLEL} accepts at once, of both projects, one succeeds, and its project has the volume`,
    ACCEPT,
    async (session, volume_id) => expectOwner(session, volume_id, await raceAccepts(session, volume_id)),
  ),
  race(
    "accepts-usage",
    `After ${PARALLEL} accepts at once the usage of each project is that of its volumes`,
    reference("Show quota usage for a project"),
    async (session, volume_id) => {
      const before = await usageBefore(session);
      const winner = await raceAccepts(session, volume_id);
      const moved = { owner: { volumes: -1, gigabytes: -1 }, other: { volumes: 1, gigabytes: 1 } };
      await expectUsage(session, before, winner === "other" ? moved : {});
    },
  ),
  race(
    "accept-and-delete",
    "Of an accept and a delete at once one succeeds, and the volume is where that has put it",
    ACCEPT,
    async (session, volume_id) => {
      const { id, auth_key } = await session.offer(volume_id);
      const winner = expectOneWinner(
        await Promise.all([
          session.accept(session.other, id, auth_key),
          session.owner.delete(`${TRANSFERS}/${id}`),
        ]),
      );
      await expectOwner(session, volume_id, winner.method === "DELETE" ? "owner" : "other");
    },
  ),
];
