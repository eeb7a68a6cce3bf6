import type * as z from "zod";
import { expectBody, expectThat } from "../expect.ts";
import { type Rule, reference } from "../rule.ts";
import { OLDER_PATH, type Session, TRANSFERS } from "../session.ts";
import {
  acceptedTransfer,
  createdTransfer,
  shownTransfer,
  transferDetails,
  transferSummaries,
} from "../shapes.ts";

// The members of each response, at the microversions that change them.

const MICROVERSIONS = [
  [OLDER_PATH, 0],
  [OLDER_PATH, 54],
  [OLDER_PATH, "newest"],
  [TRANSFERS, 55],
  [TRANSFERS, 57],
  [TRANSFERS, "newest"],
] as const;

/** A way to read a transfer, with the form of the body. */
interface Read {
  readonly name: string;
  readonly section: string;
  readonly body: (minor: number) => z.ZodType;
  /** The path after that of transfers. */
  readonly rest: (transfer: { readonly id: string; readonly volume_id: string }) => string;
}

const READS: readonly Read[] = [
  { name: "show", section: "Show volume transfer detail", body: shownTransfer, rest: ({ id }) => `/${id}` },
  {
    name: "list",
    section: "List volume transfers for a project",
    body: transferSummaries,
    rest: ({ volume_id }) => `?volume_id=${volume_id}`,
  },
  {
    name: "detail",
    section: "List volume transfers and details",
    body: transferDetails,
    rest: ({ volume_id }) => `/detail?volume_id=${volume_id}`,
  },
];

/** Returns the rules of the members at one microversion. */
function rulesAt(path: string, version: number | "newest"): readonly Rule[] {
  const where = `/${path} at ${version === "newest" ? "the newest microversion" : `3.${version}`}`;
  const group = `fields/${path}@${version === "newest" ? version : `3.${version}`}`;
  const since = version === "newest" ? 55 : Math.max(version, 55);
  const minorOf = (session: Session) => (version === "newest" ? session.newest : version);
  return [
    {
      id: `${group}/create`,
      statement: `Create responds with 202 and exactly the documented members, ${where}`,
      source: reference("Create a volume transfer"),
      since,
      async check(session) {
        const minor = minorOf(session);
        const body = { transfer: { volume_id: await session.volume(), name: "conform" } };
        expectBody(await session.owner.post(path, body, `3.${minor}`), 202, createdTransfer(minor));
      },
    },
    ...READS.map(
      ({ name, section, body, rest }): Rule => ({
        id: `${group}/${name}`,
        statement: `The ${name} has exactly the documented members, ${where}`,
        source: reference(section),
        since,
        async check(session) {
          const minor = minorOf(session);
          const offer = await session.offer();
          const answer = await session.owner.get(`${path}${rest(offer)}`, `3.${minor}`);
          expectBody(answer, 200, body(minor));
          expectThat(answer.text.includes(offer.id), `the transfer ${offer.id}`, answer);
        },
      }),
    ),
    {
      id: `${group}/accept`,
      statement: `Accept responds with 202 and exactly the documented members, ${where}`,
      source: reference("Accept a volume transfer"),
      since,
      async check(session) {
        const { id, auth_key } = await session.offer();
        const body = { accept: { auth_key } };
        const answer = await session.other.post(`${path}/${id}/accept`, body, `3.${minorOf(session)}`);
        expectBody(answer, 202, acceptedTransfer);
      },
    },
  ];
}

export const fieldRules: readonly Rule[] = MICROVERSIONS.flatMap(([path, version]) => rulesAt(path, version));
