import type { Branding } from "./brand.tsx";
import { inProject, load, send, whileSigningOut } from "./request.ts";

// The page is served by the Worker whose API it calls, so the bodies have the types that are written here.

interface NamedProject {
  readonly id: string;
  readonly name: string;
}

/** The body of `/handoff/session`. */
export interface SignInState {
  readonly strategy: "keystone" | "jwt" | "noauth";
  readonly can_sign_in: boolean;
  readonly brand: Branding;
  /** The version of the service; undefined without a session. */
  readonly version?: string;
  /** The region of this page. */
  readonly region?: string;
  /** The regions, with the addresses of their pages. */
  readonly regions?: readonly { readonly id: string; readonly href: string }[];
  readonly session?: {
    readonly user: string;
    readonly project: NamedProject | null;
    readonly can_switch: boolean;
    readonly expires_at: string;
  };
  /** The user and the project of the session, as requests name them. */
  readonly caller?: string;
}

export interface Volume {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly size: number;
  readonly status: string;
  readonly volume_type: string;
  readonly encrypted: boolean;
}

interface Transfer {
  readonly id: string;
  readonly volume_id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at?: string;
  readonly no_snapshots: boolean;
  readonly destination_project_id: string | null;
}

export interface NewTransfer extends Transfer {
  readonly auth_key: string;
}

/** When a project has looked at an offer. */
export interface Receipt {
  readonly previewed_at: string;
  readonly project_id: string;
}

/** An open offer of the reader's project. */
export interface OpenTransfer extends Transfer {
  readonly require_key: boolean;
  readonly volume: { readonly name: string | null; readonly size: number };
  readonly first_preview: Receipt | null;
  readonly last_preview: Receipt | null;
}

export interface Preview {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly source_project_id: string;
  readonly destination_project_id: string;
  readonly no_snapshots: boolean;
  readonly volume: {
    readonly id: string;
    readonly name: string | null;
    readonly description: string | null;
    readonly size: number;
    readonly volume_type: string;
  };
  readonly snapshots: { readonly count: number; readonly gigabytes: number };
  readonly exceeded_quota: { readonly name: string; readonly message: string } | null;
}

/** An offer that is for the reader's project. */
export interface IncomingTransfer extends Omit<Preview, "destination_project_id" | "exceeded_quota"> {
  readonly require_key: boolean;
}

export interface ClosedTransfer {
  readonly id: string;
  readonly volume_id: string;
  readonly name: string | null;
  readonly status: "accepted" | "deleted" | "expired" | "declined";
  readonly ended_as: "accepted" | "declined" | "withdrawn" | "expired" | "replaced";
  readonly decline_reason: string | null;
  /** The name that the volume had when it was offered. */
  readonly volume_name: string | null;
  readonly no_snapshots: boolean;
  readonly first_preview?: Receipt | null;
  readonly last_preview?: Receipt | null;
  readonly source_project_id: string;
  readonly destination_project_id: string | null;
  readonly created_at: string;
  readonly closed_at: string;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** Reads the session: with the very request that the document preloads, which has no headers of its own. */
export const readSession = () => load<SignInState>("handoff/session");
export const signIn = (form: object) => send<SignInState>("handoff/session", { method: "POST", body: form });
export const signOut = () =>
  whileSigningOut(() => send<SignInState>("handoff/session", { method: "DELETE" }));
export const switchProject = (project: string) =>
  send<SignInState>("handoff/session", { method: "PUT", body: { project } });
export const listProjects = async () =>
  (await send<{ projects: NamedProject[] | null }>("handoff/projects")).projects ?? undefined;

/**
 * Makes a page of a response to a request for one item more than the page has, which says whether there are more: a link
 * to a next page is also in a full last page.
 */
const pageOf = <Item>(items: readonly Item[], links: unknown, limit: number): Page<Item> => ({
  items: items.slice(0, limit),
  hasMore: items.length > limit || links !== undefined,
});

const query = (parameters: Readonly<Record<string, string | number | undefined>>): string =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ).toString();

/** Asks for what the owner follows an offer with. */
const RECEIPTS = { headers: { "X-Receipts": "true" } };

export async function listTransfers(
  limit: number,
  filters: { readonly marker?: string | undefined; readonly volume_id?: string } = {},
): Promise<Page<OpenTransfer>> {
  const page = await send<{ transfers: OpenTransfer[]; transfers_links?: unknown }>(
    inProject(`volume-transfers/detail?${query({ limit: limit + 1, ...filters })}`),
    RECEIPTS,
  );
  return pageOf(page.transfers, page.transfers_links, limit);
}

export const showTransfer = async (id: string) =>
  (await send<{ transfer: OpenTransfer }>(inProject(`volume-transfers/${id}`), RECEIPTS)).transfer;

export const withdraw = (id: string) => send<void>(inProject(`volume-transfers/${id}`), { method: "DELETE" });

export const offer = async (transfer: object, idempotencyKey: string) =>
  (
    await send<{ transfer: NewTransfer }>(inProject("volume-transfers"), {
      method: "POST",
      body: { transfer },
      headers: { "Idempotency-Key": idempotencyKey },
    })
  ).transfer;

export const preview = async (id: string, auth_key: string) =>
  (
    await send<{ preview: Preview }>(inProject(`volume-transfers/${id}/preview`), {
      method: "POST",
      body: { preview: { auth_key } },
    })
  ).preview;

export const accept = (id: string, auth_key: string, idempotencyKey: string) =>
  send<void>(inProject(`volume-transfers/${id}/accept`), {
    method: "POST",
    body: { accept: { auth_key } },
    headers: { "Idempotency-Key": idempotencyKey },
  });

export async function listHistory(
  limit: number,
  filters: { readonly marker?: string | undefined; readonly volume_id?: string } = {},
): Promise<Page<ClosedTransfer>> {
  const page = await send<{ transfers: ClosedTransfer[]; transfers_links?: unknown }>(
    inProject(`volume-transfers/history?${query({ limit: limit + 1, ...filters })}`),
  );
  return pageOf(page.transfers, page.transfers_links, limit);
}

/** Lists the offers that are for the reader's project. */
export async function listIncoming(limit: number, marker?: string): Promise<Page<IncomingTransfer>> {
  const page = await send<{ transfers: IncomingTransfer[]; transfers_links?: unknown }>(
    inProject(`volume-transfers/incoming/detail?${query({ limit: limit + 1, marker })}`),
  );
  return pageOf(page.transfers, page.transfers_links, limit);
}

/** @param auth_key empty for a member of the project that the offer is for */
export const decline = (id: string, auth_key: string, reason: string) =>
  send<void>(inProject(`volume-transfers/${id}/decline`), {
    method: "POST",
    body: { decline: { ...(auth_key !== "" && { auth_key }), ...(reason !== "" && { reason }) } },
  });

/** Makes a new key for an offer: the link before stops working. */
export const rekey = async (id: string) =>
  (await send<{ transfer: NewTransfer }>(inProject(`volume-transfers/${id}/rekey`), { method: "POST" }))
    .transfer;

/** Makes the key of a request that may be repeated. */
export const makeIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
