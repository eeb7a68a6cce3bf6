import { expectBody, expectFault, expectStatus, expectThat } from "../expect.ts";
import { CINDER, HTTP, type Rule, reference } from "../rule.ts";
import { OLDER_PATH, type Session, TRANSFERS, UNKNOWN_ID } from "../session.ts";
import { offered } from "../shapes.ts";

const CREATE = reference("Create a volume transfer");

/** Bodies that are refused with 400. */
const INVALID: readonly (readonly [name: string, what: string, body: (volume_id: string) => unknown])[] = [
  ["empty-object", "an empty object", () => ({})],
  ["list", "a list", () => [1]],
  ["transfer-null", "null as the transfer", () => ({ transfer: null })],
  ["transfer-list", "a list as the transfer", () => ({ transfer: [] })],
  ["no-volume", "no volume_id", () => ({ transfer: { name: "x" } })],
  ["volume-word", "a volume_id that is no UUID", () => ({ transfer: { volume_id: "nope" } })],
  ["volume-null", "null as volume_id", () => ({ transfer: { volume_id: null } })],
  ["volume-number", "a number as volume_id", () => ({ transfer: { volume_id: 7 } })],
  ["unknown-member", "an unknown member", (volume_id) => ({ transfer: { volume_id, colour: "red" } })],
  ["unknown-outer-member", "a member beside transfer", (volume_id) => ({ transfer: { volume_id }, more: 1 })],
  ["name-empty", "an empty name", (volume_id) => ({ transfer: { volume_id, name: "" } })],
  ["name-blank", "a name of blanks", (volume_id) => ({ transfer: { volume_id, name: "   " } })],
  ["name-256", "a name of 256 characters", (volume_id) => transferNamed(volume_id, "n".repeat(256))],
  ["name-number", "a number as the name", (volume_id) => ({ transfer: { volume_id, name: 5 } })],
  ["no-snapshots-word", "a word as no_snapshots", (volume_id) => withoutSnapshots(volume_id, "maybe")],
  ["no-snapshots-null", "null as no_snapshots", (volume_id) => withoutSnapshots(volume_id, null)],
  ["no-snapshots-number", "a number as no_snapshots", (volume_id) => withoutSnapshots(volume_id, 2)],
];

const transferNamed = (volume_id: string, name: string) => ({ transfer: { volume_id, name } });
const withoutSnapshots = (volume_id: string, no_snapshots: unknown) => ({
  transfer: { volume_id, no_snapshots },
});

/** Names that are accepted, with the name that the response has. */
const NAMES: readonly (readonly [name: string, what: string, given: string | null, shown: string | null])[] =
  [
    ["name-null", "null as the name", null, null],
    ["name-255", "a name of 255 characters", "n".repeat(255), "n".repeat(255)],
    ["name-trimmed", "a name without the blanks around it", "  padded  ", "padded"],
    ["name-unicode", "a name with any character of Unicode", "перенос 📦", "перенос 📦"],
  ];

async function expectRefused(session: Session, path: string, microversion: string): Promise<void> {
  const body = withoutSnapshots(await session.volume(), true);
  expectFault(await session.owner.post(path, body, microversion), 400);
}

const invalidBodies = INVALID.map(
  ([name, what, body]): Rule => ({
    id: `create/${name}`,
    statement: `A create with ${what} gets 400`,
    source: name === "name-number" ? HTTP : CINDER,
    async check(session) {
      expectFault(await session.owner.post(TRANSFERS, body(await session.volume())), 400);
    },
  }),
);

const names = NAMES.map(
  ([name, what, given, shown]): Rule => ({
    id: `create/${name}`,
    statement: `A create keeps ${what}`,
    source: CREATE,
    async check(session) {
      const body = { transfer: { volume_id: await session.volume(), name: given } };
      const answer = await session.owner.post(TRANSFERS, body);
      const { transfer } = expectBody(answer, 202, offered);
      expectThat(transfer.name === shown, `the name ${JSON.stringify(shown)}`, answer);
    },
  }),
);

export const createRules: readonly Rule[] = [
  {
    id: "create/offers",
    statement: "A create puts the volume into awaiting-transfer",
    source: CREATE,
    async check(session) {
      const { volume_id } = await session.offer();
      const answer = await session.owner.get(`volumes/${volume_id}`);
      expectThat(answer.text.includes('"awaiting-transfer"'), "a volume awaiting-transfer", answer);
    },
  },
  {
    id: "create/second",
    statement: "A second transfer of a volume gets 400",
    source: `${CREATE}: the volume status must be available`,
    async check(session) {
      const { volume_id } = await session.offer();
      expectFault(await session.owner.post(TRANSFERS, { transfer: { volume_id } }), 400);
    },
  },
  {
    id: "create/unknown-volume",
    statement: "A transfer of an unknown volume gets 404",
    source: CINDER,
    async check({ owner }) {
      expectFault(await owner.post(TRANSFERS, { transfer: { volume_id: UNKNOWN_ID } }), 404);
    },
  },
  {
    id: "create/other-projects-volume",
    statement: "A transfer of another project's volume gets 404",
    source: CINDER,
    async check(session) {
      const volume_id = await session.volume();
      expectFault(await session.other.post(TRANSFERS, { transfer: { volume_id } }), 404);
    },
  },
  {
    id: "create/guards-volume",
    statement: "A volume awaiting transfer cannot be deleted",
    source: CINDER,
    async check(session) {
      const { volume_id } = await session.offer();
      expectFault(await session.owner.delete(`volumes/${volume_id}`), 400);
    },
  },
  {
    id: "create/guards-snapshots",
    statement: "A volume awaiting transfer gets no snapshot",
    source: CINDER,
    async check(session) {
      const { volume_id } = await session.offer();
      const body = { snapshot: { volume_id, name: session.made.name } };
      expectFault(await session.owner.post("snapshots", body), 400);
    },
  },
  {
    id: "create/no-snapshots-before-3.55",
    statement: "no_snapshots gets 400 before 3.55",
    source: `${CREATE}: no_snapshots is new in 3.55`,
    check: (session) => expectRefused(session, TRANSFERS, "3.54"),
  },
  {
    id: "create/no-snapshots-old-path",
    statement: `no_snapshots gets 400 under /${OLDER_PATH}`,
    source: CINDER,
    check: (session) => expectRefused(session, OLDER_PATH, "3.59"),
  },
  {
    id: "create/no-body",
    statement: "A create without a body gets an error of the client",
    source: HTTP,
    async check({ owner }) {
      expectStatus(await owner.send({ method: "POST", path: TRANSFERS }), 400, 411, 415);
    },
  },
  {
    id: "create/not-json",
    statement: "A create with a body that is not JSON gets 400",
    source: CINDER,
    async check({ owner }) {
      const raw = { text: "{transfer:", type: "application/json" };
      expectFault(await owner.send({ method: "POST", path: TRANSFERS, raw }), 400);
    },
  },
  {
    id: "create/media-type",
    statement: "A create with JSON as text/plain gets 415",
    source: CINDER,
    async check(session) {
      const text = JSON.stringify({ transfer: { volume_id: await session.volume() } });
      const answer = await session.owner.send({
        method: "POST",
        path: TRANSFERS,
        raw: { text, type: "text/plain" },
      });
      expectFault(answer, 415);
    },
  },
  ...invalidBodies,
  ...names,
];
