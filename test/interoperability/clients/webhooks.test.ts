import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { signature } from "../../../src/events/sign.ts";
import { freePort } from "../../support/free_port.ts";
import { KillableProcess } from "../../support/killable_process.ts";
import { HOST } from "../../support/restartable_server.ts";
import { buildGoProgram, installedProgram } from "./installation.ts";

const SECRET = `whsec_${btoa("x".repeat(32))}`;
const OTHER_SECRET = `whsec_${btoa("y".repeat(32))}`;
const SUBJECT = "c6a4b2f0-8d1e-4f5a-9b3c-7e2d1f0a4c58";
const EVENT = {
  specversion: "1.0",
  id: "3-9f86d081884c7d65",
  type: "org.openstack.volume_transfer.accepted",
  subject: SUBJECT,
  data: { volume: { name: "größe <&> \u2028" } },
};
/** A limit that only a receiver in error reaches. */
const WAIT = { timeout: 60_000, interval: 50 };

/** The command that runs a receiver of the document, by its language in the document. */
const RECEIVERS: Record<
  string,
  (folder: string, code: string) => Promise<[file: string, ...args: string[]]>
> = {
  js: async (folder, code) => {
    writeFileSync(path.join(folder, "receiver.mjs"), code);
    return [process.execPath, "receiver.mjs"];
  },
  python: async (folder, code) => {
    writeFileSync(path.join(folder, "receiver.py"), code);
    // Not buffered: the test reads what it prints.
    return [installedProgram("python"), "-u", "receiver.py"];
  },
  go: async (folder, code) => {
    cpSync(path.join(import.meta.dirname, "webhooks"), folder, { recursive: true });
    writeFileSync(path.join(folder, "main.go"), code);
    await buildGoProgram(folder, path.join(folder, "receiver"));
    return [path.join(folder, "receiver")];
  },
};

/** Returns the code of a language in the document. */
function documented(language: string): string {
  const document = readFileSync(path.join(projectFolder, "docs/events.md"), "utf8");
  const [, code = ""] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(document) ?? [];
  return code;
}

describe.each(Object.keys(RECEIVERS))("the receiver in docs/events.md, in %s", (language) => {
  let folder: string;
  let receiver: KillableProcess;
  let url: string;

  beforeAll(async () => {
    const parent = path.join(projectFolder, ".data/clients");
    mkdirSync(parent, { recursive: true });
    // In the project, so that Node finds the package.
    folder = mkdtempSync(path.join(parent, "receiver-"));
    const port = await freePort();
    const code = documented(language);
    expect(code).toContain("8000");
    const [file, ...args] =
      (await RECEIVERS[language]?.(folder, code.replace("8000", String(port)))) ?? expect.unreachable();
    receiver = new KillableProcess({
      title: language,
      file,
      args,
      cwd: folder,
      env: { WEBHOOK_SECRET: SECRET },
    });
    url = serverUrl(HOST, port);
    // Python has no other method.
    await vi.waitFor(() => post(SECRET), WAIT);
  });
  afterAll(async () => {
    await receiver?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Posts the event as the service does, and returns the status. */
  async function post(secrets: string, { age = 0, sent = JSON.stringify(EVENT) } = {}): Promise<number> {
    const body = JSON.stringify(EVENT);
    const timestamp = Math.floor(Date.now() / 1000) - age;
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": EVENT.id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": await signature(secrets.split(","), EVENT.id, timestamp, body),
      },
      body: sent,
    });
    return response.status;
  }

  it("accepts an event that is signed with its secret, and reads it", async () => {
    expect(await post(SECRET)).toBe(204);
    await vi.waitFor(() => {
      const output = receiver.lines.join("\n");
      expect(output).toContain(EVENT.type);
      expect(output).toContain(SUBJECT);
    }, WAIT);
  });

  it("accepts an event that is signed with two secrets, during a rotation", async () => {
    expect(await post(`${OTHER_SECRET},${SECRET}`)).toBe(204);
    expect(await post(`${SECRET},${OTHER_SECRET}`)).toBe(204);
  });

  it("refuses an event that is signed with another secret", async () => {
    expect(await post(OTHER_SECRET)).toBe(400);
  });

  it("refuses an event that was changed", async () => {
    const sent = JSON.stringify({ ...EVENT, subject: "00000000-0000-4000-8000-000000000000" });
    expect(await post(SECRET, { sent })).toBe(400);
  });

  it("refuses an event that was signed ten minutes ago", async () => {
    expect(await post(SECRET, { age: 600 })).toBe(400);
  });

  it("refuses an event without a signature", async () => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(EVENT) });
    expect(response.status).toBe(400);
  });
});
