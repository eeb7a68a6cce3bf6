import * as z from "zod/mini";
import { list, onOrOff, wholeNumber } from "./values.ts";

/** The most URLs of webhooks: the connections that a Worker may have open are shared between them. */
const MAX_WEBHOOKS = 5;

const webhookUrls = list.check(
  z.refine(
    (urls) => urls.length <= MAX_WEBHOOKS && urls.every(isWebhookUrl),
    `must be at most ${MAX_WEBHOOKS} comma-separated URLs that begin with https: or http:, without a user name`,
  ),
);

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

const webhookSecrets = list.check(
  z.refine(
    (secrets) => secrets.length <= 2 && secrets.every(isWebhookSecret),
    "must be one or two comma-separated secrets: whsec_ and the base64 of 24 to 64 bytes",
  ),
);

/** Returns whether a text is `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks require. */
function isWebhookSecret(text: string): boolean {
  const [, digits = ""] = /^whsec_([A-Za-z0-9+/]+)={0,2}$/.exec(text) ?? [];
  const bytes = Math.floor((digits.length * 3) / 4);
  return bytes >= 24 && bytes <= 64 && digits.length % 4 !== 1;
}

export const eventVariables = z.object({
  EVENTS: onOrOff("on"),
  EVENT_RETENTION_DAYS: wholeNumber(30, 1, 36_500),
  WEBHOOK_URLS: z.optional(webhookUrls),
  WEBHOOK_SECRET: z.optional(webhookSecrets),
  WEBHOOK_RETRY_HOURS: wholeNumber(72, 1, 8760),
  WEBHOOK_TIMEOUT_MS: wholeNumber(10_000, 100, 10_000),
});

export interface EventConfig {
  /** Whether each change writes its event. */
  readonly recorded: boolean;
  /** How long events are kept, milliseconds. */
  readonly retentionMs: number;
  /** The `source` of the CloudEvents. */
  readonly source: string;
  readonly webhooks: {
    readonly urls: readonly string[];
    /** The secrets to sign with: during a rotation the new one and the one before. */
    readonly secrets: readonly string[];
    /** How long an event is retried, milliseconds. */
    readonly retryMs: number;
    /** The time that an endpoint has to respond, milliseconds. */
    readonly timeoutMs: number;
  };
  /** The queue that events are sent to. */
  readonly queue: Queue | undefined;
}

/**
 * @param source the `source` of the events
 * @param problems receives a message for each rule between variables that is broken
 */
export function readEvents(
  variables: z.output<typeof eventVariables>,
  source: string,
  queue: Queue | undefined,
  problems: string[],
): EventConfig {
  const { WEBHOOK_URLS: urls = [], WEBHOOK_SECRET: secrets = [] } = variables;
  const delivered = urls.length > 0 || queue !== undefined;
  if (urls.length > 0 && secrets.length === 0) problems.push("WEBHOOK_SECRET must be set for WEBHOOK_URLS");
  if (delivered && variables.EVENTS === "off") {
    problems.push("EVENTS must be on for WEBHOOK_URLS and EVENTS_QUEUE");
  }
  if (delivered && variables.WEBHOOK_RETRY_HOURS > variables.EVENT_RETENTION_DAYS * 24) {
    problems.push("WEBHOOK_RETRY_HOURS must be at most the hours of EVENT_RETENTION_DAYS");
  }
  return {
    recorded: variables.EVENTS === "on",
    retentionMs: variables.EVENT_RETENTION_DAYS * 86_400_000,
    source,
    webhooks: {
      urls,
      secrets,
      retryMs: variables.WEBHOOK_RETRY_HOURS * 3_600_000,
      timeoutMs: variables.WEBHOOK_TIMEOUT_MS,
    },
    queue,
  };
}

/** Returns the `source` of events: the URL of the service, or of its region. */
export function eventSource(endpoint: string | undefined, region: string | undefined): string {
  if (endpoint === undefined)
    return ["urn:volume-transfers", ...(region === undefined ? [] : [region])].join(":");
  return region === undefined ? endpoint : `${endpoint}/${region}`;
}
