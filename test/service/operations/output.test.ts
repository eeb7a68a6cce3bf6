import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { LossyOutput } from "../../../src/cli/processes/output.ts";
import { Client } from "../../support/client.ts";
import { type CommandService, startCommand } from "../../support/command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

let service: CommandService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

describe("npm run serve", () => {
  it("goes on while nobody reads its log", { timeout: 120_000 }, async () => {
    service = await startCommand("serve", { DATA_DIR: path.join(folder, "stalls") });
    service.process.pauseOutput();
    const client = new Client(service.url);
    // A pipe holds 64 KiB, of which readline takes some more, and each request writes a line of some hundred bytes.
    const clients = Array.from({ length: 16 }, async () => {
      for (let i = 0; i < 100; i++) expect((await client.get("volumes")).status).toBe(200);
    });
    await Promise.all(clients);
    service.process.resumeOutput();
    await service.process.untilLine(/"event":"(request)"/);
  });
});

describe("the output of a service whose reader stalls", () => {
  /** A reader that takes nothing until it is released. */
  class StalledReader extends Writable {
    readonly received = new PassThrough();
    readonly #waiting: (() => void)[] = [];
    #stalled = true;

    override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
      const take = () => void this.received.write(chunk, () => done());
      if (this.#stalled) this.#waiting.push(take);
      else take();
    }

    release(): void {
      this.#stalled = false;
      for (const take of this.#waiting.splice(0)) take();
    }
  }

  it("drops the lines that do not fit, and writes how many", async () => {
    const reader = new StalledReader();
    const output = new LossyOutput(reader, 100);
    for (let i = 0; i < 50; i++) output.write(`line ${i}\n`);
    reader.release();
    await expect.poll(() => reader.writableLength).toBe(0);
    output.write("after\n");
    output.end();
    reader.end(() => reader.received.end());
    const lines = (await text(reader.received)).split("\n").filter((line) => line !== "");
    const kept = lines.filter((line) => line.startsWith("line ")).length;
    expect(kept).toBeGreaterThan(5);
    expect(lines).toContain(JSON.stringify({ event: "log_lines_dropped", lines: 50 - kept }));
    expect(lines.at(-1)).toBe("after");
  });
});
