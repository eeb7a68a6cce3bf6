import { parseArgs } from "node:util";
import { BlockStorage } from "./api.ts";
import { Cinder } from "./cinder.ts";
import type { HandoverEvent } from "./events.ts";
import { followFeed } from "./feed.ts";
import { follow, log } from "./follow.ts";
import { State } from "./state.ts";
import { keystoneTokens, noauthTokens, type Tokens } from "./tokens.ts";
import { receiveWebhooks } from "./webhooks.ts";

// Applies the handovers of the service to a Cinder. README.md describes it.

const missing: string[] = [];

/** Returns an environment variable. All that are missing are reported together. */
function variable(name: string, fallback?: string): string {
  const value = process.env[name] || fallback;
  if (value === undefined) missing.push(name);
  return value ?? "";
}

/** Ends the program with a message. */
function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function selectMode(): "feed" | "webhooks" {
  const options = { feed: { type: "boolean" }, webhooks: { type: "boolean" } } as const;
  try {
    const { feed = false, webhooks = false } = parseArgs({ options }).values;
    if (feed !== webhooks) return feed ? "feed" : "webhooks";
  } catch (error) {
    console.error(String(error));
  }
  return fail("Use --feed to read the events of the service, or --webhooks to receive them.");
}

const readTokens = (): Tokens =>
  process.env.OS_AUTH_TYPE === "noauth"
    ? noauthTokens(variable("OS_USER_ID"))
    : keystoneTokens({
        url: variable("OS_AUTH_URL"),
        user: variable("OS_USERNAME"),
        password: variable("OS_PASSWORD"),
        domain: variable("OS_USER_DOMAIN_NAME", "Default"),
      });

const mode = selectMode();
const tokens = readTokens();
const project = variable("OS_PROJECT_ID");
const cinder = new Cinder(new BlockStorage(variable("CINDER_URL"), tokens), project);
const state = new State(variable("STATE_DIR"));
const apply = (event: HandoverEvent): Promise<void> => follow(cinder, state, event);

if (mode === "feed") {
  const service = new BlockStorage(variable("SERVICE_URL"), tokens);
  if (missing.length > 0) fail(`These variables must be set: ${missing.join(", ")}`);
  log("following the feed");
  await followFeed(service, project, state, apply);
} else {
  const secret = variable("WEBHOOK_SECRET");
  const address = { host: variable("HOST", "127.0.0.1"), port: Number(variable("PORT", "8000")) };
  if (missing.length > 0) fail(`These variables must be set: ${missing.join(", ")}`);
  await receiveWebhooks(secret, address, apply);
  log(`receiving webhooks on ${address.host}:${address.port}`);
}
