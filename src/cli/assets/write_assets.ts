import { hashOfSources, isBuilt, recordBuild } from "./build_stamp.ts";

// Writes the files of the binding ASSETS, unless they are those of the present sources. wrangler runs it before it
// builds the Worker (`[build]` in wrangler.toml), so that the bundle is without the code that makes the OpenAPI document.

if (!isBuilt()) {
  const sources = hashOfSources();
  const { makeAssets } = await import("./make_assets.ts");
  await makeAssets();
  recordBuild(sources);
}
