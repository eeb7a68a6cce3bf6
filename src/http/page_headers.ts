import type { Context } from "hono";
import type { AppEnv } from "./context.ts";

/**
 * The directives of every page's policy. They forbid all sources that its own policy does not name, other bases of
 * URLs, forms, and frames around it.
 */
const FORBIDDEN = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

const HEADERS: Readonly<Record<string, string>> = {
  // The sign-in of an identity provider can have a window of its own.
  "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

/**
 * Sets the headers that keep a page for browsers safe, and its files.
 *
 * @param policy the directives of the Content-Security-Policy that allow the sources of the page
 */
export function setPageHeaders(c: Context<AppEnv>, policy: readonly string[]): void {
  c.header("Content-Security-Policy", [...FORBIDDEN, ...policy].join("; "));
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
}
