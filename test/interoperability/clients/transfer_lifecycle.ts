import { beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { Client, ClientUnderTest, Resource, Transfer, Version } from "./client.ts";
import { type Deployment, titleOf } from "./deployments.ts";
import {
  createProjectMember,
  type ProjectMember,
  resetQuota,
  setQuota,
  type UserName,
} from "./project_members.ts";
import { type RecordedFault, recordedFaults } from "./recorded_faults.ts";
import { ClientError, type Failure } from "./run_client.ts";

/** The size of the volume in GiB, as in the recorded fault about the quota. */
const SIZE = 3;
const NAME = "my transfer";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WRONG_KEY = "0123456789abcdef";

/** A project member and the client that it uses. */
interface Side {
  readonly member: ProjectMember;
  readonly client: Client;
}

/** Defines the tests of the lifecycle of a transfer with a client, for every deployment and microversion. */
export function describeTransferLifecycle(
  client: ClientUnderTest,
  deployments: readonly Deployment[] = inject("deployments"),
): void {
  for (const deployment of deployments) {
    describe(titleOf(deployment), () => {
      describe.each(versionsFor(client, deployment))("at %s", (version) => {
        describeVersion(client, deployment, version);
      });
    });
  }
}

/** Keystone does not depend on the microversion. The default is enough there, since commands are slow. */
const versionsFor = ({ versions }: ClientUnderTest, { auth }: Deployment): readonly Version[] =>
  auth === "no-auth" ? versions : versions.slice(0, 1);

function describeVersion(tested: ClientUnderTest, deployment: Deployment, version: Version): void {
  const operation = (title: string, body: () => Promise<void>): void => {
    const cell = { client: tested.name, operation: title, deployment: titleOf(deployment), version };
    it(title, { meta: { cell } }, body);
  };

  // Each test continues with the state that the tests before it have left.
  let donor: Side;
  let recipient: Side;
  let volume = "";
  let snapshot = "";
  let transfer: Transfer & { readonly auth_key: string };

  beforeAll(async () => {
    const side = async (user: UserName): Promise<Side> => {
      const member = await createProjectMember(deployment, user);
      return { member, client: tested.connect(member, version) };
    };
    [donor, recipient] = await Promise.all([side("alice"), side("bob")]);
  });

  operation("create a volume", async () => {
    volume = await donor.client.createVolume(SIZE);
    expect(volume).toMatch(UUID);
    await untilAvailable(donor, `volumes/${volume}`);
  });

  operation("create a snapshot", async () => {
    snapshot = await donor.client.createSnapshot(volume);
    expect(snapshot).toMatch(UUID);
    await untilAvailable(donor, `snapshots/${snapshot}`);
  });

  operation("create a transfer with a name", async () => {
    transfer = await donor.client.createTransfer(volume, { name: NAME });
    expect(transfer).toMatchObject({ name: NAME, volume_id: volume });
  });

  operation("list transfers", async () => {
    expect(await donor.client.listTransfers()).toEqual([{ id: transfer.id, name: NAME, volume_id: volume }]);
  });

  operation("show a transfer", async () => {
    const shown = await donor.client.showTransfer(transfer.id);
    expect(shown).toEqual({ id: transfer.id, name: NAME, volume_id: volume });
  });

  operation("find a transfer by its name", async () => {
    const found = await donor.client.findTransfer(NAME);
    expect(found).toMatchObject({ id: transfer.id, volume_id: volume });
  });

  describe("reports the same errors as with Cinder", () => {
    const expectReport = async (
      kind: keyof ClientUnderTest["reports"],
      fault: (transfer: string) => RecordedFault,
      attempt: () => Promise<unknown>,
    ): Promise<void> => {
      const { endpoint } = recipient.member;
      const refusal = { transfer: transfer.id, endpoint, fault: fault(transfer.id) };
      expect(await failureOf(attempt)).toEqual(tested.reports[kind](refusal));
    };

    operation("error: accept with a wrong auth_key", () =>
      expectReport("accept", recordedFaults.wrongKey, () =>
        recipient.client.acceptTransfer(transfer.id, WRONG_KEY),
      ),
    );

    operation("error: show a transfer of another project", () =>
      expectReport("show", recordedFaults.showOfAnotherProject, () =>
        recipient.client.showTransfer(transfer.id),
      ),
    );

    operation("error: delete a transfer of another project", () =>
      expectReport("delete", recordedFaults.deleteOfAnotherProject, () =>
        recipient.client.deleteTransfer(transfer.id),
      ),
    );

    operation("error: accept beyond the quota", async () => {
      await setQuota(deployment, recipient.member, { gigabytes: SIZE - 1 });
      try {
        await expectReport("accept", recordedFaults.overQuota, () =>
          recipient.client.acceptTransfer(transfer.id, transfer.auth_key),
        );
      } finally {
        await resetQuota(deployment, recipient.member);
      }
    });
  });

  operation("accept a transfer", async () => {
    const accepted = await recipient.client.acceptTransfer(transfer.id, transfer.auth_key);
    expect(accepted).toMatchObject({ id: transfer.id });
  });

  operation("list the volume and the snapshot in their new project", async () => {
    expect(await listResources(recipient)).toEqual({
      volumes: [{ id: volume, status: "available" }],
      snapshots: [{ id: snapshot, status: "available" }],
    });
    expect(await listResources(donor)).toEqual({ volumes: [], snapshots: [] });
  });

  if (tested.supportsNoSnapshots) {
    operation("transfer a volume without its snapshots", async () => {
      const { id, auth_key } = await recipient.client.createTransfer(volume, { noSnapshots: true });
      await donor.client.acceptTransfer(id, auth_key);
      expect(await donor.client.listVolumes()).toEqual([{ id: volume, status: "available" }]);
      expect(await recipient.client.listSnapshots()).toEqual([{ id: snapshot, status: "available" }]);
    });
  }

  operation("delete a transfer", async () => {
    const { client } = tested.supportsNoSnapshots ? donor : recipient;
    const { id } = await client.createTransfer(volume, {});
    await client.deleteTransfer(id);
    expect(await client.listTransfers()).toEqual([]);
  });
}

/** Waits for a volume or snapshot, which only a Cinder takes time to create. */
async function untilAvailable({ member }: Side, path: string): Promise<void> {
  const headers = { "X-Auth-Token": await member.token() };
  const read = async () => (await fetch(`${member.endpoint}/${path}`, { headers })).text();
  await vi.waitFor(async () => expect(await read()).toMatch(/"status": ?"available"/), {
    timeout: 60_000,
    interval: 200,
  });
}

async function listResources({ client }: Side): Promise<Record<"volumes" | "snapshots", Resource[]>> {
  const [volumes, snapshots] = await Promise.all([client.listVolumes(), client.listSnapshots()]);
  return { volumes, snapshots };
}

/**
 * Returns what a client reports of its failure.
 *
 * @throws Error if it does not fail
 */
async function failureOf(attempt: () => Promise<unknown>): Promise<Failure> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ClientError) return error.failure;
    throw error;
  }
  throw new Error("the service did not refuse the request");
}
