import { explain, isWrongKey } from "./errors.ts";

/** The time after which the reader no longer waits for a response, milliseconds. */
const TIMEOUT_MS = 30_000;

/** A response that is an error, or no response (status 0). Its message is a sentence for the reader. */
class ApiError extends Error {
  readonly status: number;
  /** The message of the service. */
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(explain(status, reason));
    this.status = status;
    this.reason = reason;
  }
}

/** Returns whether an error is the response that something does not exist, or not for this project. */
export const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** Returns whether an error is the response that the session has ended. */
export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** Returns whether an error says that an offer is closed, or does not take the key: to try again is of no use. */
export const isFinal = (error: unknown): boolean =>
  isMissing(error) || (error instanceof ApiError && isWrongKey(error.status, error.reason));

let signedOut: () => void = () => {};

/** Registers what happens when the session has ended. */
export const onSignedOut = (listener: () => void): void => {
  signedOut = listener;
};

let signingOut = false;

/** Runs a sign-out. Other requests may be answered with 401 before the browser has dropped the cookie. */
export async function whileSigningOut<Result>(run: () => Promise<Result>): Promise<Result> {
  signingOut = true;
  try {
    return await run();
  } finally {
    signingOut = false;
  }
}

let sessionChanged: () => void = () => {};

/** Registers what happens when another tab has changed the session. */
export const onSessionChanged = (listener: () => void): void => {
  sessionChanged = listener;
};

/** The user and the project that this tab shows. */
interface Shown {
  readonly caller?: string;
  readonly session?: { readonly project: { readonly id: string } | null };
}

let shown: Shown | undefined;

/**
 * Sets the user and the project that this tab shows. Each request names them, and the service refuses those of another
 * session.
 */
export const showState = (state: Shown): void => {
  shown = state;
};

/** Returns a path of the API, in the project that this tab shows. */
export const inProject = (path: string): string =>
  `v3/${encodeURIComponent(shown?.session?.project?.id ?? "")}/${path}`;

interface RequestOptions {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const initOf = ({ method = "GET", body, headers, signal }: RequestOptions): RequestInit => ({
  method,
  redirect: "error",
  headers: {
    "X-Handoff": "1",
    ...(shown?.caller !== undefined && { "X-Handoff-Caller": shown.caller }),
    "OpenStack-API-Version": "volume latest",
    ...(body && { "Content-Type": "application/json" }),
    ...headers,
  },
  ...(body && { body: JSON.stringify(body) }),
  ...(signal && { signal }),
});

/**
 * Sends a request. Paths are relative: a proxy can serve the service below a path.
 *
 * @throws ApiError
 */
export const send = <Body>(path: string, options: RequestOptions = {}): Promise<Body> =>
  load<Body>(path, initOf(options));

/**
 * Sends a request, and returns the response before its body has arrived.
 *
 * @throws ApiError
 */
export const ask = (path: string, options: RequestOptions): Promise<Response> =>
  respond(path, initOf(options));

/** The message of the service where a request names another session than the browser's. */
const OTHER_SESSION = /^This page shows another user or project/;

/**
 * Sends a request without headers of its own.
 *
 * @throws ApiError
 */
export async function load<Body>(path: string, init?: RequestInit): Promise<Body> {
  const response = await respond(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  const text = await response.text().catch(throwUnreachable);
  return (text === "" ? undefined : JSON.parse(text)) as Body;
}

/** @throws ApiError with the reason why there is no response, or only a part of one */
function throwUnreachable(reason: unknown): never {
  const isLate = reason instanceof DOMException && reason.name === "TimeoutError";
  throw new ApiError(isLate ? 408 : 0, "");
}

async function respond(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch(throwUnreachable);
  if (response.ok || response.status === 304) return response;
  const message = faultMessage(await response.text().catch(() => ""));
  if (response.status === 401 && !signingOut && !path.startsWith("handoff/")) signedOut();
  if (response.status === 403 && OTHER_SESSION.test(message)) sessionChanged();
  throw new ApiError(response.status, message);
}

/** Returns the message of a fault: the object that its body contains has one name or another. */
function faultMessage(text: string): string {
  try {
    const [fault] = Object.values<{ readonly message?: unknown }>(JSON.parse(text));
    return typeof fault?.message === "string" ? fault.message : "";
  } catch {
    return "";
  }
}
