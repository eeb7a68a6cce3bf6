import * as z from "zod/mini";
import { Fault, serviceUnavailable } from "../http/faults.ts";

/** The part of Keystone's description of a token that is read. A token without a project is unscoped, or of a domain. */
const tokenSchema = z.object({
  token: z.object({
    expires_at: z.pipe(
      z.iso.datetime({ offset: true }),
      z.transform((time) => Date.parse(time)),
    ),
    methods: z._default(z.array(z.string()), []),
    user: z.object({ id: z.string(), name: z.optional(z.string()) }),
    project: z.optional(z.object({ id: z.string(), name: z.optional(z.string()) })),
    roles: z._default(z.array(z.object({ name: z.string() })), []),
  }),
});

/** A token as Keystone describes it. `expires_at` is in milliseconds since the epoch. */
export type KeystoneToken = z.output<typeof tokenSchema>["token"];

interface Call extends RequestInit {
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** The consequence of an unavailable Keystone, for messages: "your token cannot be checked". */
  readonly consequence: string;
}

/**
 * Sends a request to Keystone.
 *
 * @param url Keystone's, without a version
 * @throws Fault 503 if Keystone is unavailable, slow or failing, 429 if it limits its requests
 */
export async function callKeystone(
  url: string,
  path: string,
  { timeoutMs, consequence, ...init }: Call,
): Promise<Response> {
  const response = await fetch(`${url}/v3/${path}`, {
    ...init,
    // A redirect would send the password or the token to another origin.
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => undefined);
  if (response === undefined || response.status >= 500) throw unavailable(consequence);
  if (response.status === 429) {
    const [seconds = "5"] = /^\d{1,4}$/.exec(response.headers.get("Retry-After") ?? "") ?? [];
    throw new Fault(429, `Keystone limits its requests, so ${consequence} now. Try again later.`, {
      "Retry-After": seconds,
    });
  }
  return response;
}

/** Makes the 503 of a request that needs Keystone. */
export const unavailable = (consequence: string): Fault =>
  serviceUnavailable(`Keystone is unavailable, so ${consequence} now. Try again.`);

/**
 * Reads the token that a response of Keystone describes.
 *
 * @throws Fault 503 if it describes none
 */
export async function readToken(response: Response, consequence: string): Promise<KeystoneToken> {
  const { data } = tokenSchema.safeParse(await response.json().catch(() => undefined));
  if (data === undefined) throw unavailable(consequence);
  return data.token;
}
