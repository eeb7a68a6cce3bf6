import { afterEach, inject } from "vitest";
import { startD1Service } from "../support/d1_service.ts";
import { startLibsqlService } from "../support/service.ts";
import { type Receiver, startReceiver } from "../support/webhook_receiver.ts";

const SECRET = `whsec_${btoa("x".repeat(32))}`;
export const OLD_SECRET = `whsec_${btoa("y".repeat(32))}`;
/** A limit that only a service in error reaches. */
export const WAIT = { timeout: 60_000, interval: 20 };

/** The servers of a test. */
interface Running {
  readonly url: string;
  readonly lines: readonly string[];
  /** Runs what the cron trigger runs. */
  runCron(): Promise<unknown>;
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanups.splice(0).reverse()) await stop();
});

type Variables = Readonly<Record<string, string>>;

async function startOnD1(variables: Variables): Promise<Running> {
  const service = await startD1Service(inject("builtWorker"), variables);
  cleanups.push(service.stop);
  return { ...service, runCron: () => fetch(service.cronUrl) };
}

/** Starts a service on libSQL for one test. */
export async function startOnLibsql(
  variables: Variables,
): Promise<Running & { readonly databaseUrl: string }> {
  const service = await startLibsqlService(variables);
  cleanups.push(service.stop);
  return { ...service, runCron: service.sweep };
}

/** Starts a service for one test, on either database. */
export const DATABASES = [
  ["D1", startOnD1],
  ["libSQL", startOnLibsql],
] as const;

/** Starts a receiver for one test. */
export async function receiver(secret = SECRET): Promise<Receiver> {
  const started = await startReceiver(secret);
  cleanups.push(started.stop);
  return started;
}

/** Returns the variables of a service that sends webhooks. */
export const variablesFor = (...receivers: readonly Receiver[]): Variables => ({
  AUTH_STRATEGY: "noauth",
  WEBHOOK_URLS: receivers.map(({ url }) => `${url}/hook?token=hidden`).join(),
  WEBHOOK_SECRET: `${SECRET},${OLD_SECRET}`,
  WEBHOOK_TIMEOUT_MS: "5000",
});

/** Returns the events that a receiver took. */
export const delivered = ({ received }: Receiver) =>
  received.filter(({ status }) => status === 204).map(({ event }) => event);
