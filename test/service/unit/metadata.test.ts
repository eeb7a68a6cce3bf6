import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { MAX_METADATA_BYTES } from "../../../src/db/statements/page_size.ts";
import { request } from "./service.ts";

it("removes a key from imported metadata that is longer than requests may make it", async () => {
  const id = crypto.randomUUID();
  const metadata = JSON.stringify({ long: "x".repeat(MAX_METADATA_BYTES), short: "y" });
  await env.DB.prepare(
    `insert into volumes (id, project_id, user_id, size, status, volume_type, metadata)
      values (?, 'alpha', 'alice', 1, 'available', '__DEFAULT__', ?)`,
  )
    .bind(id, metadata)
    .run();
  const path = `/v3/volumes/${id}/metadata`;
  const headers = { "X-Auth-Token": "alice:alpha" };
  expect((await request(`${path}/short`, { method: "DELETE", headers })).status).toBe(200);
  const after = await (await request(path, { headers })).json<{ metadata: object }>();
  expect(Object.keys(after.metadata)).toEqual(["long"]);
});
