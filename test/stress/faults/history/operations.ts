/**
 * The outcome of a request, as far as its client knows.
 *
 * - `ok`: the response acknowledges the request (2xx or 3xx).
 * - `fail`: a 4xx response, or a 503 that says that nothing has changed. The request had no effect, and will have none.
 * - `unknown`: no response, or another 5xx. The request may take effect at any later time, or never.
 */
export type Outcome = "ok" | "fail" | "unknown";

interface Request {
  /** The project that sends the request. */
  readonly project: string;
  /** The id of the volume that the request is about. */
  readonly volume: string;
  /** When the request was sent, in milliseconds since the epoch. */
  readonly invoked: number;
  /** When the response was complete or the client gave up, in milliseconds since the epoch. */
  readonly completed: number;
  readonly outcome: Outcome;
  /** The HTTP status of the response; 0 without a response. */
  readonly status: number;
}

export interface CreateTransfer extends Request {
  readonly kind: "create";
  /** The transfer's name. It is unique, and so identifies the row that the request has inserted. */
  readonly name: string;
  /** The id of the transfer; undefined without a 202 response. */
  readonly transfer?: string;
  /** The requested `expires_at`, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** The requested `destination_project_id`. */
  readonly destination?: string;
  /** Whether the destination needs no key. */
  readonly keyless?: true;
  /** The `auth_key` of the response; undefined without one. */
  readonly key?: string;
}

export interface AcceptTransfer extends Request {
  readonly kind: "accept";
  readonly transfer: string;
  readonly idempotencyKey?: string;
  /** The `auth_key` of the request; empty for none. */
  readonly key?: string;
  /** The response's `x-openstack-request-id`; undefined without a response. */
  readonly requestId?: string;
}

export interface DeleteTransfer extends Request {
  readonly kind: "delete";
  readonly transfer: string;
  /** The response's `x-openstack-request-id`; undefined without a response. */
  readonly requestId?: string;
}

export interface DeclineTransfer extends Request {
  readonly kind: "decline";
  readonly transfer: string;
  /** The `auth_key` of the request; empty for none. */
  readonly key?: string;
  /** The response's `x-openstack-request-id`; undefined without a response. */
  readonly requestId?: string;
}

export interface RekeyTransfer extends Request {
  readonly kind: "rekey";
  readonly transfer: string;
  /** The new `auth_key`; undefined without a 202 response. */
  readonly key?: string;
  /** The response's `x-openstack-request-id`; undefined without a response. */
  readonly requestId?: string;
}

export interface ShowVolume extends Request {
  readonly kind: "show volume";
  /** The content of the response; undefined after a 404. */
  readonly seen: { readonly volumeStatus: string } | undefined;
}

export interface ShowTransfer extends Request {
  readonly kind: "show transfer";
  /** The id in the request; undefined for a list that is filtered by the volume. */
  readonly transfer: string | undefined;
  /** The content of the response; undefined after a 404 or an empty list. */
  readonly seen: { readonly transfer: string } | undefined;
}

/** A request that changes a volume's owner or status, or the key of its transfer. */
export type Write = CreateTransfer | AcceptTransfer | DeleteTransfer | DeclineTransfer | RekeyTransfer;

export type Operation = Write | ShowVolume | ShowTransfer;

/** Formats an operation for the report of a violation. */
export function formatOperation(operation: Operation): string {
  const { kind, project, invoked, completed, outcome, status } = operation;
  const target = "transfer" in operation ? operation.transfer : operation.volume;
  const seen = "seen" in operation ? `, response ${JSON.stringify(operation.seen ?? null)}` : "";
  const interval = `${invoked.toFixed(1)} to ${completed.toFixed(1)} ms`;
  const expiry = "expiresAt" in operation ? `, expires at ${operation.expiresAt}` : "";
  const destination = "destination" in operation ? `, for ${operation.destination}` : "";
  return `${kind} ${target} by ${project}${destination}${expiry}, ${interval}: ${outcome}, status ${status}${seen}`;
}
