import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import { ACCEPTED, type HandoverEvent, handoverEvent } from "./events.ts";
import { log } from "./follow.ts";

/** The largest webhook, bytes: an event lists the snapshots of its volume. */
const MAX_BYTES = 4 * 2 ** 20;

const anyEvent = z.object({ type: z.string() });

/**
 * Receives webhooks. It answers 204 after the event is applied, and 503 if that is not possible now: the service then
 * sends the event again, before the later events of the volume. So nothing has to be stored here.
 *
 * @param secret the secret of the webhooks, `whsec_...`
 * @param apply applies an event, or throws
 * @returns when the server listens
 */
export async function receiveWebhooks(
  secret: string,
  { host, port }: { readonly host: string; readonly port: number },
  apply: (event: HandoverEvent) => Promise<void>,
): Promise<void> {
  const webhook = new Webhook(secret);
  const inOrder = oneAtATime();
  const receive = async (request: IncomingMessage): Promise<number> => {
    const body = await readBody(request);
    if (body === undefined) return 413;
    let content: unknown;
    try {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      content = webhook.verify(body, Object.fromEntries(headers));
    } catch (error) {
      log(`a webhook is refused: ${String(error)}`);
      return 400;
    }
    if (anyEvent.parse(content).type !== ACCEPTED) return 204;
    const event = handoverEvent.parse(content);
    // The service repeats a webhook that takes long, while the first is still being applied.
    await inOrder(event.subject, () => apply(event));
    return 204;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const status = await receive(request).catch((error: unknown) => {
      log(`a webhook is not applied, and will be sent again: ${String(error)}`);
      return 503;
    });
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, host);
  await once(server, "listening");
}

/** Reads a body; undefined if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const data = Buffer.from(chunk);
    bytes += data.length;
    if (bytes <= MAX_BYTES) chunks.push(data);
  }
  return bytes > MAX_BYTES ? undefined : Buffer.concat(chunks).toString();
}

/** Returns a function that runs work, for each key one piece after another. */
function oneAtATime(): (key: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return async (key, work) => {
    const run = (last.get(key) ?? Promise.resolve()).catch(() => {}).then(work);
    last.set(key, run);
    try {
      await run;
    } finally {
      if (last.get(key) === run) last.delete(key);
    }
  };
}
