import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../../support/client.ts";
import { median, percentile } from "../../support/statistics.ts";
import { startReceiver } from "../../support/webhook_receiver.ts";
import { type Scene, startService } from "./contenders.ts";

const SECRET = `whsec_${btoa("x".repeat(32))}`;
/** The pause between two requests, milliseconds: the service is at rest. */
const PAUSE_MS = 100;

/** The times from the commit of an event to its arrival at an endpoint, milliseconds. */
export interface DeliveryResult {
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Measures how long after its commit an event arrives at an endpoint, while the service is at rest. The endpoint is on
 * the same machine, so that both times are of one clock.
 */
export async function measureDelivery(
  scene: Scene,
  { events }: { readonly events: number },
  log: (line: string) => void,
): Promise<DeliveryResult> {
  const receiver = await startReceiver(SECRET);
  scene.cleanup.defer(receiver.stop);
  const { url } = await startService(scene, {
    variables: { WEBHOOK_URLS: receiver.url, WEBHOOK_SECRET: SECRET },
    fill: () => Promise.resolve({ transfers: [], idle: [] }),
  });
  const donor = new Client(url);
  const times: number[] = [];
  const deliverOne = async (): Promise<number> => {
    const arrival = Promise.withResolvers<number>();
    receiver.answer = ({ time }) => {
      arrival.resolve(Date.now() - Date.parse(time));
      return 204;
    };
    await donor.createVolume();
    return arrival.promise;
  };
  // The first request compiles the statements.
  await deliverOne();
  for (let i = 0; i < events; i++) {
    await sleep(PAUSE_MS);
    times.push(await deliverOne());
  }
  const result = { events, p50: median(times), p99: percentile(times, 0.99) };
  log(`${events} webhooks, from commit to arrival: p50 ${result.p50} ms, p99 ${result.p99} ms`);
  return result;
}
