import { describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("the body of a request, on %s", (_database, url) => {
  const client = new Client(url);

  it.each([
    ["a byte order mark", "application/json", (text: string) => `\ufeff${text}`],
    ["blanks", "application/json", (text: string) => `\n ${text}\r\n`],
    ["a media type in upper case", "APPLICATION/JSON", (text: string) => text],
    ["a charset", "application/json; charset=utf-8", (text: string) => text],
    ["1.0 for an integer", "application/json", (text: string) => text.replace(":1", ":1.0")],
  ])("a body may have %s", async (_, type, write) => {
    const text = write(JSON.stringify({ volume: { size: 1 } }));
    const { status, body } = await client.send("POST", "volumes", text, { "Content-Type": type });
    expect(status).toBe(202);
    expect(body.volume).toMatchObject({ size: 1 });
  });

  it.each(["volumes", "volume-transfers", "snapshots"])("400 for the body null: POST %s", async (path) => {
    const { status, body } = await client.send("POST", path, "null");
    expect(status).toBe(400);
    expect(body.badRequest?.message).toBe("None is not of type 'object'");
  });

  it("413 for a body of more than 114,688 bytes", async () => {
    const ofSize = (bytes: number) => {
      const empty = JSON.stringify({ volume: { size: 1, name: "" } });
      return JSON.stringify({ volume: { size: 1, name: "n".repeat(bytes - empty.length) } });
    };
    expect((await client.send("POST", "volumes", ofSize(114_688))).status).toBe(400);
    const { status, body } = await client.send("POST", "volumes", ofSize(114_689));
    expect(status).toBe(413);
    expect(body).toMatchObject({ overLimit: { code: 413 } });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json-patch"])(
    "415 for a body of type %s",
    async (type) => {
      const { status, body } = await client.send("POST", "volumes", "{}", { "Content-Type": type });
      expect(status).toBe(415);
      expect(body).toEqual({ badMediaType: { code: 415, message: "Unsupported Content-Type" } });
    },
  );

  it("415 for a body without a type, and none for a request without a body", async () => {
    const post = (body: Blob | null) =>
      fetch(`${url}/v3/${client.project}/volume-transfers`, {
        method: "POST",
        headers: { "X-Auth-Token": client.token },
        body,
      });
    const response = await post(new Blob(["{}"]));
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({
      badMediaType: { code: 415, message: "Unsupported Content-Type" },
    });
    expect((await post(null)).status).toBe(400);
  });
});
