import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { app } from "../../app.ts";
import { EVENT_SCHEMAS } from "../../events/schemas.ts";
import { DOCUMENT, INITIALIZER, SWAGGER_UI } from "../../openapi/assets.ts";
import { openApiDocument } from "../../openapi/document.ts";
import { INITIALIZER_SCRIPT } from "../../openapi/examples.ts";
import { projectFolder } from "../settings/settings.ts";
import { buildPage } from "./page.ts";

const folder = path.join(projectFolder, "dist/assets");

/** Writes a file unless it has the content already: a running `wrangler dev` reloads the Worker when a file changes. */
function writeAsset(name: string, content: Uint8Array): void {
  const file = path.join(folder, name);
  try {
    if (readFileSync(file).equals(content)) return;
  } catch {
    // It does not exist yet.
  }
  // Other processes may be reading it.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** Writes the files that the Worker serves from its binding ASSETS: the page at /handoff, the OpenAPI document, and Swagger UI. */
export async function makeAssets(): Promise<void> {
  mkdirSync(path.join(folder, "handoff"), { recursive: true });
  writeAsset(DOCUMENT, Buffer.from(JSON.stringify(openApiDocument(app.routes, EVENT_SCHEMAS))));
  writeAsset(INITIALIZER, Buffer.from(INITIALIZER_SCRIPT));
  const { resolve } = createRequire(import.meta.url);
  for (const name of SWAGGER_UI) writeAsset(name, readFileSync(resolve(`swagger-ui-dist/${name}`)));
  const { html, assets } = await buildPage(projectFolder);
  for (const { name, contents } of assets) writeAsset(`handoff/${name}`, contents);
  // Without an extension: Cloudflare would redirect the address of an .html file.
  writeAsset("handoff/page", Buffer.from(html));
  // Cloudflare serves the scripts and styles without the Worker (`run_worker_first` in wrangler.toml).
  writeAsset(
    "_headers",
    Buffer.from(`/handoff/page-*
  Cache-Control: public, max-age=31536000, immutable
  Cross-Origin-Resource-Policy: same-origin
  X-Content-Type-Options: nosniff
`),
  );
  // The files of earlier builds have other names, which contain their hashes.
  for (const name of readdirSync(path.join(folder, "handoff"))) {
    if (/^page-.*\.(css|js)$/.test(name) && !assets.some((asset) => asset.name === name)) {
      rmSync(path.join(folder, "handoff", name), { force: true });
    }
  }
}
