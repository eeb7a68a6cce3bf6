import { expectBody, expectFault, expectStatus } from "../expect.ts";
import { type Rule, reference } from "../rule.ts";
import { type Session, shared, TRANSFERS, WRONG_KEY } from "../session.ts";
import { volumeType } from "../shapes.ts";
import { expectUsage, usageBefore } from "../usage.ts";
import { NotJudged } from "../violations.ts";

const USAGE = reference("Show quota usage for a project");
const REFUSED = "A refused request changes nothing";

/** A volume of a type that only this run uses, so that limits of the type concern nobody else. */
interface Limited {
  readonly volume_id: string;
  /** Sets limits of the type in a project, by the names of the resources; -1 for none. */
  readonly limit: (project: string, limits: Readonly<Record<string, number>>) => Promise<void>;
}

/** Creates the type, which no other project sees. */
const limitedType = shared(async (session) => {
  const { owner, other, made } = session;
  const admin = session.requireAdmin();
  const volume_type = { name: made.name, "os-volume-type-access:is_public": false };
  const answer = await admin.post("types", { volume_type });
  const type = expectBody(answer, 200, volumeType).volume_type;
  for (const { project } of [owner, other])
    expectStatus(await admin.post(`types/${type.id}/action`, { addProjectAccess: { project } }), 202);
  return type;
});

async function limited(session: Session): Promise<Limited> {
  const { name } = await limitedType(session);
  const volume_id = await session.createVolume(session.owner, { volume_type: name });
  return {
    volume_id,
    async limit(project, limits) {
      const quota_set = Object.fromEntries(
        Object.entries(limits).map(([resource, value]) => [`${resource}_${name}`, value]),
      );
      const path = `os-quota-sets/${project}`;
      const answer = await session.requireAdmin().send({ method: "PUT", path, body: { quota_set } });
      if (answer.status !== 200)
        throw new NotJudged(`no limit could be set: ${answer.status} ${answer.text}`);
    },
  };
}

export const quotaRules: readonly Rule[] = [
  {
    id: "quota/create-and-delete",
    statement: "A transfer that is created and deleted leaves the usage as it was",
    source: USAGE,
    async check(session) {
      const volume_id = await session.volume();
      const before = await usageBefore(session);
      const { id } = await session.offer(volume_id);
      await expectUsage(session, before);
      expectStatus(await session.owner.delete(`${TRANSFERS}/${id}`), 202);
      await expectUsage(session, before);
    },
  },
  {
    id: "quota/accept",
    statement: "An accept moves the usage of the volume and its snapshots",
    source: USAGE,
    async check(session) {
      const volume_id = await session.volume();
      await session.createSnapshot(volume_id);
      const before = await usageBefore(session);
      const { id, auth_key } = await session.offer(volume_id);
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      await expectUsage(session, before, {
        owner: { volumes: -1, gigabytes: -2, snapshots: -1 },
        other: { volumes: 1, gigabytes: 2, snapshots: 1 },
      });
    },
  },
  {
    id: "quota/accept-without-snapshots",
    statement: "An accept with no_snapshots leaves the usage of the snapshots with the owner",
    source: USAGE,
    async check(session) {
      const volume_id = await session.volume();
      await session.createSnapshot(volume_id);
      const before = await usageBefore(session);
      const { id, auth_key } = await session.offer(volume_id, { no_snapshots: true });
      expectStatus(await session.accept(session.other, id, auth_key), 202);
      const moved = { owner: { volumes: -1, gigabytes: -1 }, other: { volumes: 1, gigabytes: 1 } };
      await expectUsage(session, before, moved);
    },
  },
  {
    id: "quota/refused-accepts",
    statement: "Refused accepts and creates leave the usage as it was",
    source: REFUSED,
    async check(session) {
      const volume_id = await session.volume();
      const before = await usageBefore(session);
      const { id } = await session.offer(volume_id);
      for (const auth_key of [WRONG_KEY, "", null])
        expectFault(await session.accept(session.other, id, auth_key), 400);
      expectFault(await session.owner.post(TRANSFERS, { transfer: { volume_id } }), 400);
      await expectUsage(session, before);
    },
  },
  {
    id: "quota/own-accept",
    statement: "A project that accepts its own transfer has the usage that it had",
    source: USAGE,
    async check(session) {
      const volume_id = await session.volume();
      const before = await usageBefore(session);
      const { id, auth_key } = await session.offer(volume_id);
      expectStatus(await session.accept(session.owner, id, auth_key), 202);
      await expectUsage(session, before);
    },
  },
  {
    id: "quota/own-accept-when-full",
    statement: "A project whose quota is full can accept its own transfer, which moves nothing",
    source: REFUSED,
    asAdmin: true,
    async check(session) {
      const { volume_id, limit } = await limited(session);
      await limit(session.owner.project, { volumes: 1 });
      try {
        const { id, auth_key } = await session.offer(volume_id);
        expectStatus(await session.accept(session.owner, id, auth_key), 202);
      } finally {
        await limit(session.owner.project, { volumes: -1 });
      }
    },
  },
  {
    id: "quota/full-volumes",
    statement: "An accept without quota for the volume gets 413, changes nothing, and succeeds with quota",
    source: `${reference("Accept a volume transfer")}: 413`,
    asAdmin: true,
    check: (session) => checkRefusal(session, "volumes", 0),
  },
  {
    id: "quota/full-snapshots",
    statement: "An accept without quota for the snapshots gets 413, and reserves nothing",
    source: REFUSED,
    asAdmin: true,
    check: (session) => checkRefusal(session, "snapshots", 1),
  },
];

/** Refuses an accept for the quota of a resource, and accepts once there is room. */
async function checkRefusal(
  session: Session,
  resource: "volumes" | "snapshots",
  snapshots: number,
): Promise<void> {
  const { volume_id, limit } = await limited(session);
  for (let i = 0; i < snapshots; i++) await session.createSnapshot(volume_id);
  const before = await usageBefore(session);
  const { id, auth_key } = await session.offer(volume_id);
  await limit(session.other.project, { [resource]: 0 });
  try {
    expectFault(await session.accept(session.other, id, auth_key), 413);
    expectStatus(await session.owner.get(`${TRANSFERS}/${id}`), 200);
    await expectUsage(session, before);
  } finally {
    await limit(session.other.project, { [resource]: -1 });
  }
  expectStatus(await session.accept(session.other, id, auth_key), 202);
}
