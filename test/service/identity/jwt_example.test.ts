import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { startHttpServer } from "../../support/http_server.ts";
import { startLibsqlService } from "../../support/service.ts";

it("the script of docs/identity.md makes a key and a token that the service accepts", async () => {
  const [, script = ""] =
    /```js\n(\/\/ jwt\.cjs\n[\s\S]*?)```/.exec(readFileSync("docs/identity.md", "utf8")) ?? [];
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  const file = (name: string) => path.join(folder, name);
  writeFileSync(file("jwt.cjs"), script);
  execFileSync(process.execPath, [file("jwt.cjs")], { cwd: folder });
  const issuer = await startHttpServer((_, response) => response.end(readFileSync(file("jwks.json"))));
  const service = await startLibsqlService({
    AUTH_STRATEGY: "jwt",
    AUTH_KEY_SECRET: "0123456789abcdef0123456789abcdef",
    JWT_ISSUER: "https://issuer.example",
    JWT_AUDIENCE: "volume-transfers",
    JWKS_URL: `${issuer.url}/jwks.json`,
  });
  const list = (token: string) =>
    fetch(`${service.url}/v3/alpha/volumes`, { headers: { "X-Auth-Token": token } });
  expect((await list(readFileSync(file("token"), "utf8"))).status).toBe(200);
  expect((await list("alice:alpha")).status).toBe(401);
  await service.stop();
  await issuer.stop();
  rmSync(folder, { recursive: true });
});
