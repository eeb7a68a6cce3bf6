import fc from "fast-check";
import { expect, it } from "vitest";
import type { Batch } from "../../../src/db/engine/driver.ts";
import { exchangeGroup } from "../../../src/db/engine/exchange.ts";
import { Failure, Group } from "../../../src/db/engine/group.ts";
import { claimStatements, giveBackStatements } from "../../../src/transfers/facade/accept.sql.ts";
import {
  openedStatements,
  openStatements,
  renewStatements,
} from "../../../src/transfers/facade/create.sql.ts";
import { acceptedStatements, goneStatements } from "../../../src/transfers/facade/end.sql.ts";
import { FAULTS, type Fault, faultyConnection } from "./faulty_connection.ts";
import { pendingBatches } from "./pending_batches.ts";
import { attempt, CHECK, comparable, runAlone, tables, type World } from "./worlds.ts";

const LIMITS = {
  batches: 10,
  statements: 100,
  characters: 500_000,
  resultBytes: 100_000,
  sharesResults: false,
};

/** An operation of the service in front of a Cinder, by the request with a number. */
type Operation = (world: World, request: number) => Batch<unknown>;

const ids = ({ name }: World, request: number) => ({
  id: `${name}-transfer-0`,
  volume_id: `${name}-volume-0`,
  request_id: `${name}-request-${request}`,
  origin: JSON.stringify({ request }),
});
const donor = ({ name }: World) => `${name}-project-0`;

const open: Operation = (world, request) =>
  openStatements({
    ...ids(world, request),
    project_id: donor(world),
    idempotent_ids: undefined,
    expires_at: undefined,
    per_minute: undefined,
    lost_after: 60_000,
    secret_check: CHECK,
    previous_check: undefined,
  });

/** Each transfer of Cinder has an id of its own. */
const opened: Operation = (world, request) =>
  openedStatements({
    ...ids(world, request),
    id: `${world.name}-transfer-${request === 1 ? 0 : request}`,
    project_id: donor(world),
    display_name: null,
    no_snapshots: false,
    source_project_id: donor(world),
    destination_project_id: null,
    key_required: true,
    auth_key_hmac: "right",
    sealed_key: "sealed",
    volume: JSON.stringify({ name: null, description: null, size: 1, volume_type: null, snapshots: [] }),
    opened_as: undefined,
    expires_at: undefined,
    ttl_ms: undefined,
    per_minute: undefined,
  });

const claim =
  (project: number, key: string): Operation =>
  (world, request) =>
    claimStatements({
      ...attempt(world, 0, project, key),
      request_id: ids(world, request).request_id,
      // Ended at once, so that the next one takes it over.
      lost_after: -1,
      idempotency_key: project === 1 ? "key" : undefined,
    });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("right", "wrong"))
      .map((of) => claim(...of)),
  },
  // The claim of the request before, or none.
  {
    weight: 2,
    arbitrary: fc.constant<Operation>((world, request) => giveBackStatements(ids(world, request - 1))),
  },
  {
    weight: 1,
    arbitrary: fc.option(fc.constant(1), { nil: undefined }).map(
      (not_accepted): Operation =>
        (world, request) =>
          goneStatements({
            ...ids(world, request),
            project_id: donor(world),
            own_project_id: donor(world),
            not_accepted,
          }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 2 }), fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }))
      .map(
        // Of its own accept, or found for that of a request before.
        ([project, back]): Operation =>
          (world, request) => {
            const own = ids(world, request);
            return acceptedStatements({
              ...own,
              ...(back !== undefined && {
                request_id: `${own.request_id} for ${ids(world, request - back).request_id}`,
              }),
              project_id: `${world.name}-project-${project}`,
              idempotency_key: undefined,
              is_found: back && 1,
            });
          },
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Operation>((world, request) =>
      renewStatements({ ...ids(world, request), auth_key_hmac: `key-${request}`, secret_check: CHECK }),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(open, opened) },
);

/** Runs an operation on a connection with faults, and returns its result. */
async function runFaultily({ read, ...batch }: Batch<unknown>, faults: readonly Fault[]): Promise<unknown> {
  const { send, deliver } = faultyConnection(faults);
  const [leader] = pendingBatches([{ read, ...batch }], send);
  if (leader === undefined) throw new Error("a group has a leader");
  const outcome = (await exchangeGroup(new Group(LIMITS, leader))).get(leader);
  await deliver();
  if (outcome === undefined || outcome instanceof Failure) throw new Error("no result");
  return read(outcome.rows);
}

/** The rows by which operations know that they have taken effect. */
const decisive = (results: readonly unknown[], { name }: World): unknown =>
  comparable(
    results.map((result) =>
      Object.entries(result ?? {}).find(
        ([query, rows]) =>
          ["opened", "created", "claimed", "closed", "renewed"].includes(query) && rows?.length > 0,
      ),
    ),
    name,
  );

it("gives operations in front of a Cinder whose answers are lost the results and the effects of the same ones without a fault", {
  timeout: 120_000,
}, async () => {
  let worlds = 0;
  const faults = fc.array(fc.option(fc.constantFrom(...FAULTS), { nil: undefined }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(operation, faults), { minLength: 2, maxLength: 8 }),
      fc.array(faults, { minLength: 2, maxLength: 2 }),
      async (operations, [openFaults = [], openedFaults = []]) => {
        const lossy = { name: `lossy-facade-${worlds}`, perMinute: 1000, maxAttempts: 1000 };
        const sequential = { ...lossy, name: `faultless-facade-${worlds++}` };
        const [results, expected]: [unknown[], unknown[]] = [[], []];
        const all = [[open, openFaults] as const, [opened, openedFaults] as const, ...operations];
        for (const [request, [make, faults]] of all.entries()) {
          results.push(await runFaultily(make(lossy, request), faults));
          expected.push(await runAlone(make(sequential, request)));
        }
        expect(decisive(results, lossy)).toEqual(decisive(expected, sequential));
        expect(withoutAttempts(await tables(lossy.name))).toEqual(
          withoutAttempts(await tables(sequential.name)),
        );
      },
    ),
    { numRuns: 60 },
  );
});

/** A wrong key whose answer is lost can count twice. */
const withoutAttempts = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part) => (key === "failed_attempts" ? undefined : part)));
