import { expect, inject, it, vi } from "vitest";
import { Client } from "../support/client.ts";
import { startD1Service } from "../support/d1_service.ts";
import { readAll } from "../support/feed.ts";
import { startHttpServer } from "../support/http_server.ts";

it("sends each event to EVENTS_QUEUE, as the feed shows it to admins", async () => {
  const messages: { readonly id: string }[] = [];
  const receiver = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    messages.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(204).end();
  });
  const service = await startD1Service(
    inject("builtWorker"),
    { AUTH_STRATEGY: "noauth" },
    { queueConsumer: receiver.url },
  );
  try {
    const donor = new Client(service.url);
    await new Client(service.url).accept(await donor.createVolumeAndTransfer());
    const feed = await readAll(service.url);
    expect(feed).toHaveLength(3);
    await vi.waitFor(() => expect(messages.length).toBeGreaterThanOrEqual(3), {
      timeout: 30_000,
      interval: 50,
    });
    // A queue does not keep the order.
    expect(messages.toSorted((a, b) => Number.parseInt(a.id, 10) - Number.parseInt(b.id, 10))).toEqual(feed);
  } finally {
    await service.stop();
    await receiver.stop();
  }
});
