import { expectBody, expectFault, expectStatus, expectThat } from "../expect.ts";
import { CINDER, type Rule, reference } from "../rule.ts";
import { type Session, TRANSFERS } from "../session.ts";
import { listed, volume } from "../shapes.ts";
import { NotJudged } from "../violations.ts";

/** Sets the status of a volume or snapshot of this run. */
async function reset(
  session: Session,
  kind: "volumes" | "snapshots",
  id: string,
  status: string,
): Promise<void> {
  const body = { "os-reset_status": { status } };
  const answer = await session.requireAdmin().post(`${kind}/${id}/action`, body);
  if (answer.status !== 202) throw new NotJudged(`no status could be set: ${answer.status} ${answer.text}`);
}

/** Rules about admins, and about volumes that an admin has put into a status. */
export const adminRules: readonly Rule[] = [
  {
    id: "create/volume-in-error",
    statement: "A transfer of a volume that is not available gets 400",
    source: `${reference("Create a volume transfer")}: the volume status must be available`,
    asAdmin: true,
    async check(session) {
      const volume_id = await session.volume();
      await reset(session, "volumes", volume_id, "error");
      expectFault(await session.owner.post(TRANSFERS, { transfer: { volume_id } }), 400);
      await reset(session, "volumes", volume_id, "available");
    },
  },
  {
    id: "create/snapshot-in-error",
    statement: "A transfer of a volume with a snapshot in error gets 400 unless it has no_snapshots",
    source: `${reference("Create a volume transfer")}: snapshots must be available unless no_snapshots`,
    asAdmin: true,
    async check(session) {
      const volume_id = await session.volume();
      await reset(session, "snapshots", await session.createSnapshot(volume_id), "error");
      expectFault(await session.owner.post(TRANSFERS, { transfer: { volume_id } }), 400);
      await session.offer(volume_id, { no_snapshots: true });
    },
  },
  {
    id: "accept/volume-in-error",
    statement:
      "An accept gets 400 if the volume is not awaiting the transfer, and a delete leaves its status",
    source: CINDER,
    asAdmin: true,
    async check(session) {
      const { id, volume_id, auth_key } = await session.offer();
      await reset(session, "volumes", volume_id, "error");
      expectFault(await session.accept(session.other, id, auth_key), 400);
      expectStatus(await session.owner.delete(`${TRANSFERS}/${id}`), 202);
      const answer = await session.owner.get(`volumes/${volume_id}`);
      expectThat(expectBody(answer, 200, volume).volume.status === "error", "a volume in error", answer);
      await reset(session, "volumes", volume_id, "available");
    },
  },
  {
    id: "accept/snapshot-in-error",
    statement: "An accept gets 400 if a snapshot is not available, and the volume stays with its owner",
    source: CINDER,
    asAdmin: true,
    async check(session) {
      const volume_id = await session.volume();
      const snapshot = await session.createSnapshot(volume_id);
      const { id, auth_key } = await session.offer(volume_id);
      await reset(session, "snapshots", snapshot, "error");
      expectFault(await session.accept(session.other, id, auth_key), 400);
      expectStatus(await session.owner.get(`volumes/${volume_id}`), 200);
      expectStatus(await session.owner.get(`${TRANSFERS}/${id}`), 200);
    },
  },
  {
    id: "show/as-admin",
    statement: "An admin finds and deletes the transfers of all projects",
    source: CINDER,
    asAdmin: true,
    async check(session) {
      const admin = session.requireAdmin();
      const { id } = await session.offer();
      expectStatus(await admin.get(`${TRANSFERS}/${id}`), 200);
      expectStatus(await admin.delete(`${TRANSFERS}/${id}`), 202);
    },
  },
  {
    id: "list/all-tenants",
    statement: "The list of an admin has the transfers of all projects with all_tenants alone",
    source: reference("List volume transfers for a project"),
    asAdmin: true,
    async check(session) {
      const admin = session.requireAdmin();
      if (admin.project === session.owner.project)
        throw new NotJudged("the admin must be of another project than the one that offers volumes");
      const { volume_id } = await session.offer();
      const own = await admin.get(`${TRANSFERS}?volume_id=${volume_id}`);
      expectThat(expectBody(own, 200, listed).transfers.length === 0, "no transfer", own);
      const all = await admin.get(`${TRANSFERS}?all_tenants=1&volume_id=${volume_id}`);
      expectThat(expectBody(all, 200, listed).transfers.length === 1, "the transfer", all);
    },
  },
];
