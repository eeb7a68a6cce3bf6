import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";
import { Fault } from "./faults.ts";

/** Top-level domains in which no name can be registered (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const RESERVED = /\.(localhost|local|internal|test|example|invalid|home\.arpa)$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Returns the host of a URL in lower case, with its port. Not `new URL`, which throws for a malformed `Host`. */
export const hostOf = (url: string): string => (/^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? "").toLowerCase();

/** Returns whether a host can be a name that somebody else has registered: neither an address nor a local name. */
function isForeign(host: string): boolean {
  const name = host.replace(/:\d*$/, "").replace(/\.$/, "");
  return name.includes(".") && !name.startsWith("[") && !IPV4.test(name) && !RESERVED.test(name);
}

/**
 * Refuses, with AUTH_STRATEGY=noauth, requests to a host that is neither an address, a local name nor configured.
 * Otherwise the page of another site can reach a service on this machine by a name that its owner points here (DNS
 * rebinding). With other strategies a request needs a token even so.
 *
 * @throws Fault 403
 */
export const refuseForeignHosts = createMiddleware<AppEnv>((c, next) => {
  const { shared, hosts } = c.get("deployment");
  if (shared.identity.strategy !== "noauth") return next();
  const host = hostOf(c.req.url);
  if (!isForeign(host) || hosts.has(host) || hosts.has(host.replace(/:\d*$/, ""))) return next();
  if (shared.publicEndpoint !== undefined && hostOf(shared.publicEndpoint) === host) return next();
  throw new Fault(
    403,
    "This service does not check who you are, and answers only to addresses, local names and PUBLIC_ENDPOINT.",
  );
});
