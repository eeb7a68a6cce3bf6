import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import worker from "../../../src/index.ts";
import { ALICE } from "./service.ts";

describe("a request to the Worker", () => {
  it("keeps its invocation until its end, also without a client: others can be part of its group", async () => {
    const context = createExecutionContext();
    const request = new Request("http://localhost/v3/volumes", { headers: { "X-Auth-Token": ALICE } });
    let status: number | undefined;
    void worker.fetch(request, env, context).then((response) => {
      status = response.status;
    });
    // Of no response, but of what was passed to `waitUntil`.
    await waitOnExecutionContext(context);
    expect(status).toBe(200);
  });
});
