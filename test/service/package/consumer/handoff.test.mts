import assert from "node:assert/strict";
import { availableParallelism, loadavg } from "node:os";
import { after, before, beforeEach, test } from "node:test";
import { parseResponse } from "hono/client";
import { createClient } from "volume-transfers/client";
import { startVolumeTransfers, type VolumeTransfersService } from "volume-transfers/testing";

// The test suite of a project that uses the package. It runs on the project's own Node, with node:test.

let service: VolumeTransfersService;
const client = (token: string, { url } = service) => createClient(url, { token, microversion: "3.57" });

before(async () => {
  console.log(`Node ${process.version}`);
  service = await startVolumeTransfers();
});
beforeEach(() => service.reset());
after(() => service.close());

async function offer(token: string) {
  const { volume } = await parseResponse(client(token).volumes.$post({ json: { volume: { size: 1 } } }));
  const json = { transfer: { volume_id: volume.id, name: "a gift" } };
  return (await parseResponse(client(token)["volume-transfers"].$post({ json }))).transfer;
}

test("hands a volume over, with types", async () => {
  const { id, auth_key } = await offer("alice:alpha");
  const accept = client("bob:beta")["volume-transfers"][":id"].accept;
  const { transfer } = await parseResponse(accept.$post({ param: { id }, json: { accept: { auth_key } } }));
  const name: string | null = transfer.name;
  assert.equal(name, "a gift");
  const { volumes } = await parseResponse(client("bob:beta").volumes.$get({ query: {} }));
  assert.deepEqual(
    volumes.map((volume) => volume.id),
    [transfer.volume_id],
  );
  // @ts-expect-error a transfer has no such property
  assert.equal(transfer.nothing, undefined);
  // @ts-expect-error a key is no boolean
  const wrong: Parameters<typeof accept.$post>[0] = { param: { id }, json: { accept: { auth_key: true } } };
  assert.ok(wrong);
});

test("finds nothing of an earlier test, but the types that every service has", async () => {
  const { volumes } = await parseResponse(client("bob:beta").volumes.$get({ query: {} }));
  assert.deepEqual(volumes, []);
  const { volume_types } = await parseResponse(client("bob:beta").types.$get({ query: {} }));
  assert.ok(volume_types.length > 0);
});

test("two services share nothing", async () => {
  const other = await startVolumeTransfers();
  await offer("alice:alpha");
  const { volumes } = await parseResponse(client("alice:alpha", other).volumes.$get({ query: {} }));
  assert.deepEqual(volumes, []);
  await other.close();
});

test("passes variables on, and returns the log", async () => {
  const lines: string[] = [];
  const variables = { LOG_REQUESTS: "all", QUOTA_VOLUMES: "0" };
  const other = await startVolumeTransfers({ variables, log: (line) => lines.push(line) });
  const response = await client("alice:alpha", other).volumes.$post({ json: { volume: { size: 1 } } });
  assert.equal(response.status, 413);
  await other.close();
  assert.ok(lines.some((line) => line.includes('"status":413')));
});

test("starts again soon after the first time, and resets at once", async () => {
  const measure = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return Math.round(performance.now() - begun);
  };
  const starts: number[] = [];
  for (let i = 0; i < 3; i++) {
    let other: VolumeTransfersService | undefined;
    starts.push(
      await measure(async () => {
        other = await startVolumeTransfers();
      }),
    );
    await other?.close();
  }
  console.log(`start: ${starts.join(", ")} ms`);
  console.log(`reset: ${await measure(() => service.reset())} ms`);
  // The machine may have more to do than it has processors.
  const share = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
  assert.ok(
    Math.min(...starts) < 1000 * share,
    `more than a second, ${share.toFixed(1)} times as slow as alone`,
  );
});
