import * as z from "zod/mini";
import type { RequestContext } from "../../http/context.ts";
import { logEvent } from "../../http/log.ts";

const tokenSchema = z.object({
  token: z.object({ user: z.object({ id: z.string() }), project: z.object({ id: z.string() }) }),
});

/** A token of the application credential of the sweep. */
interface SweepToken {
  readonly token: string;
  readonly user_id: string;
  readonly project_id: string;
}

/**
 * Gets a token for the application credential of a region.
 *
 * @returns undefined if Keystone gives none now, which is logged
 */
export async function sweepToken({
  cinder,
  identity,
}: RequestContext["config"]): Promise<SweepToken | undefined> {
  if (cinder?.credential === undefined || identity.strategy !== "keystone") return undefined;
  const methods = ["application_credential"];
  const response = await fetch(`${identity.url}/v3/auth/tokens?nocatalog`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ auth: { identity: { methods, application_credential: cinder.credential } } }),
    // A redirect would send the secret to another origin.
    redirect: "manual",
    signal: AbortSignal.timeout(identity.timeoutMs),
  }).catch(() => undefined);
  const token = response?.headers.get("X-Subject-Token") ?? undefined;
  const { data } = tokenSchema.safeParse(await response?.json().catch(() => undefined));
  if (response?.status === 201 && token !== undefined && data !== undefined) {
    return { token, user_id: data.token.user.id, project_id: data.token.project.id };
  }
  logEvent("credential_refused", { status: response?.status });
  return undefined;
}
