import { expect } from "vitest";

/** A caller: a token, the project it is scoped to, and the strongest of its roles. */
export interface Caller {
  readonly token: string;
  readonly project: string;
  readonly role: "reader" | "member" | "admin";
}

type Role = Caller["role"];

/** What a caller asks for, of a project: its own, or another's. */
interface Operation {
  readonly name: string;
  readonly needs: Role;
  /** What to send, given ids of things in the project that is asked about. */
  readonly request: (things: Things) => { method: string; path: string; body?: unknown };
  /** What a caller who may is answered, of his own project's things. */
  readonly allowed: number;
  /** The same of another project's: an admin reaches them by their ids, and others do not learn that they exist. */
  readonly elsewhere?: { readonly admin: number; readonly others: number };
}

interface Things {
  readonly project: string;
  readonly volume: string;
  readonly offered: string;
  readonly snapshot: string;
  readonly transfer: string;
  readonly auth_key: string;
}

const RANK: Record<Role, number> = { reader: 0, member: 1, admin: 2 };
const byId = (found: number) => ({ elsewhere: { admin: found, others: 404 } });

/** Every operation, with the role that it needs. Those that change a thing come after those that look at it. */
const OPERATIONS: Operation[] = [
  {
    name: "list transfers",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volume-transfers" }),
  },
  {
    name: "list transfers in detail",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volume-transfers/detail" }),
  },
  {
    name: "show a transfer",
    needs: "reader",
    allowed: 200,
    ...byId(200),
    request: (t) => ({ method: "GET", path: `volume-transfers/${t.transfer}` }),
  },
  {
    name: "list volumes",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volumes" }),
  },
  {
    name: "list volumes in detail",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "volumes/detail" }),
  },
  {
    name: "show a volume",
    needs: "reader",
    allowed: 200,
    ...byId(200),
    request: (t) => ({ method: "GET", path: `volumes/${t.volume}` }),
  },
  {
    name: "list snapshots",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "snapshots" }),
  },
  {
    name: "list snapshots in detail",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "snapshots/detail" }),
  },
  {
    name: "show a snapshot",
    needs: "reader",
    allowed: 200,
    ...byId(200),
    request: (t) => ({ method: "GET", path: `snapshots/${t.snapshot}` }),
  },
  { name: "list types", needs: "reader", allowed: 200, request: () => ({ method: "GET", path: "types" }) },
  {
    name: "show a type",
    needs: "reader",
    allowed: 200,
    request: () => ({ method: "GET", path: "types/default" }),
  },
  { name: "show limits", needs: "reader", allowed: 200, request: () => ({ method: "GET", path: "limits" }) },
  {
    name: "show quotas",
    needs: "reader",
    allowed: 200,
    elsewhere: { admin: 200, others: 403 },
    request: (t) => ({ method: "GET", path: `os-quota-sets/${t.project}` }),
  },
  {
    name: "show default quotas",
    needs: "reader",
    allowed: 200,
    elsewhere: { admin: 200, others: 403 },
    request: (t) => ({ method: "GET", path: `os-quota-sets/${t.project}/defaults` }),
  },
  {
    name: "update quotas",
    needs: "admin",
    allowed: 200,
    elsewhere: { admin: 200, others: 403 },
    request: (t) => ({
      method: "PUT",
      path: `os-quota-sets/${t.project}`,
      body: { quota_set: { backups: 9 } },
    }),
  },
  {
    name: "delete quotas",
    needs: "admin",
    allowed: 200,
    elsewhere: { admin: 200, others: 403 },
    request: (t) => ({ method: "DELETE", path: `os-quota-sets/${t.project}` }),
  },
  {
    name: "update a volume",
    needs: "member",
    allowed: 200,
    ...byId(200),
    request: (t) => ({ method: "PUT", path: `volumes/${t.volume}`, body: { volume: { name: "new" } } }),
  },
  {
    name: "update a snapshot",
    needs: "member",
    allowed: 200,
    ...byId(200),
    request: (t) => ({ method: "PUT", path: `snapshots/${t.snapshot}`, body: { snapshot: { name: "new" } } }),
  },
  {
    name: "reset a volume's status",
    needs: "admin",
    allowed: 202,
    elsewhere: { admin: 202, others: 403 },
    request: (t) => ({
      method: "POST",
      path: `volumes/${t.volume}/action`,
      body: { "os-reset_status": { status: "available" } },
    }),
  },
  {
    name: "reset a snapshot's status",
    needs: "admin",
    allowed: 202,
    elsewhere: { admin: 202, others: 403 },
    request: (t) => ({
      method: "POST",
      path: `snapshots/${t.snapshot}/action`,
      body: { "os-reset_status": { status: "available" } },
    }),
  },
  {
    name: "make a volume",
    needs: "member",
    allowed: 202,
    request: () => ({ method: "POST", path: "volumes", body: { volume: { size: 1 } } }),
  },
  {
    name: "make a snapshot",
    needs: "member",
    allowed: 202,
    ...byId(202),
    request: (t) => ({ method: "POST", path: "snapshots", body: { snapshot: { volume_id: t.volume } } }),
  },
  {
    name: "delete a snapshot",
    needs: "member",
    allowed: 202,
    ...byId(202),
    request: (t) => ({ method: "DELETE", path: `snapshots/${t.snapshot}` }),
  },
  {
    name: "offer a volume",
    needs: "member",
    allowed: 202,
    ...byId(202),
    request: (t) => ({
      method: "POST",
      path: "volume-transfers",
      body: { transfer: { volume_id: t.volume } },
    }),
  },
  {
    name: "delete a transfer",
    needs: "member",
    allowed: 202,
    ...byId(202),
    request: (t) => ({ method: "DELETE", path: `volume-transfers/${t.transfer}` }),
  },
  {
    name: "delete a volume",
    needs: "member",
    allowed: 202,
    ...byId(202),
    request: (t) => ({ method: "DELETE", path: `volumes/${t.offered}` }),
  },
  {
    name: "accept a transfer",
    needs: "member",
    allowed: 202,
    elsewhere: { admin: 202, others: 202 },
    request: (t) => ({
      method: "POST",
      path: `volume-transfers/${t.transfer}/accept`,
      body: { accept: { auth_key: t.auth_key } },
    }),
  },
];

export const OPERATION_NAMES: string[] = OPERATIONS.map(({ name }) => name);

/** Sends a request under the caller's own project. */
export async function send(
  service: string,
  caller: Pick<Caller, "token" | "project">,
  method: string,
  path: string,
  body?: unknown,
) {
  const response = await fetch(`${service}/v3/${caller.project}/${path}`, {
    method,
    headers: {
      "X-Auth-Token": caller.token,
      "OpenStack-API-Version": "volume 3.70",
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}

/**
 * Checks an operation for every caller: on the things of his own project, and of another.
 *
 * @param owners a member of each project, to make the things that are asked about
 */
export async function checkOperation(
  service: string,
  name: string,
  callers: readonly Caller[],
  owners: ReadonlyMap<string, Caller>,
): Promise<void> {
  const operation = OPERATIONS.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  for (const caller of callers) {
    for (const owner of owners.values()) {
      const own = owner.project === caller.project;
      if (!own && operation.elsewhere === undefined) continue;
      const things = await makeThings(service, owner, name === "delete a volume");
      const { method, path, body } = operation.request(things);
      const answer = await send(service, caller, method, path, body);
      const who = `${name}: a ${caller.role}, ${own ? "own" : "other"} project`;
      expect({ who, status: answer.status }).toEqual({ who, status: expected(operation, caller, own) });
      if (answer.status === 403) {
        expect(answer.body.forbidden.message).toMatch(
          /^Policy doesn't allow volume\S+|limits\S+ to be performed\.$/,
        );
      }
      if (answer.status < 400) expect(answer.headers.get("Cache-Control")).toBe("no-store");
      await removeThings(service, owner, callers);
    }
  }
}

function expected({ needs, allowed, elsewhere }: Operation, { role }: Caller, own: boolean): number {
  if (RANK[role] < RANK[needs]) return 403;
  if (own || elsewhere === undefined) return allowed;
  return role === "admin" ? elsewhere.admin : elsewhere.others;
}

async function makeThings(service: string, owner: Caller, withdrawn: boolean): Promise<Things> {
  const make = async (path: string, body: unknown) => {
    const answer = await send(service, owner, "POST", path, body);
    if (answer.status !== 202) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return Object.values<{ id: string; auth_key: string }>(answer.body)[0] ?? { id: "", auth_key: "" };
  };
  const volume = await make("volumes", { volume: { size: 1 } });
  const snapshot = await make("snapshots", { snapshot: { volume_id: volume.id } });
  const offered = await make("volumes", { volume: { size: 1 } });
  const transfer = await make("volume-transfers", { transfer: { volume_id: offered.id } });
  if (withdrawn) await send(service, owner, "DELETE", `volume-transfers/${transfer.id}`);
  return {
    project: owner.project,
    volume: volume.id,
    snapshot: snapshot.id,
    offered: offered.id,
    transfer: transfer.id,
    auth_key: transfer.auth_key,
  };
}

/** Empties the owner's project, and those of the callers, into which a volume may have gone. */
async function removeThings(service: string, owner: Caller, callers: readonly Caller[]): Promise<void> {
  const members = [owner, ...callers.filter(({ role }) => role !== "reader")];
  for (const member of members) {
    for (const { id } of (await send(service, member, "GET", "volume-transfers")).body.transfers) {
      await send(service, member, "DELETE", `volume-transfers/${id}`);
    }
    for (const { id } of (await send(service, member, "GET", "volumes")).body.volumes) {
      await send(service, member, "DELETE", `volumes/${id}?cascade=True`);
    }
    for (const { id } of (await send(service, member, "GET", "snapshots")).body.snapshots) {
      await send(service, member, "DELETE", `snapshots/${id}`);
    }
  }
}
