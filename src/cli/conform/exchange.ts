/** One of the users as whom the endpoint is called. */
export interface Party {
  /** The variable of the shell that stands for the token in printed commands. */
  readonly variable: "TOKEN" | "OTHER_TOKEN" | "ADMIN_TOKEN";
  readonly token: string;
  readonly project: string;
}

/** A request to send. */
export interface Sent {
  /** By default GET. */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Relative to the project's path, or with a slash at the beginning to the URL of the endpoint. */
  readonly path: string;
  /** By default the one that preparations use. */
  readonly microversion?: string;
  /** The whole header `OpenStack-API-Version`; null for none. By default it has the microversion. */
  readonly version?: string | null;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: { readonly text: string; readonly type: string };
  /** Sends no token. */
  readonly anonymous?: true;
}

/** A request and its response. */
export interface Exchange {
  /** undefined if the request had no token. */
  readonly party: Party | undefined;
  readonly method: string;
  /** As in `Sent`. */
  readonly path: string;
  readonly url: string;
  /** Without the token. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | undefined;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Returns a command that repeats the request, with a variable of the shell in the place of the token. */
export function curlCommand({ party, method, url, requestHeaders, requestBody }: Exchange): string {
  const parts = ["curl -is"];
  if (method !== "GET") parts.push(`-X ${method}`);
  if (party !== undefined) parts.push(`-H "X-Auth-Token: $${party.variable}"`);
  for (const [name, value] of Object.entries(requestHeaders)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (requestBody !== undefined) parts.push(`-d ${quote(requestBody)}`);
  return [...parts, quote(url)].join(" ");
}

/** Parses JSON; returns undefined for other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
