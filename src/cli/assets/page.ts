import path from "node:path";
import { build } from "esbuild";

/** A file that the browser loads. */
interface Asset {
  /** Its name, which contains its hash. */
  readonly name: string;
  readonly contents: Uint8Array;
}

/**
 * Builds the page at `/handoff`: one script and one style sheet.
 *
 * @param project the folder of the sources
 */
export async function buildPage(
  project: string,
): Promise<{ readonly html: string; readonly assets: Asset[] }> {
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: { page: "src/handoff/page/main.tsx" },
    outdir: "handoff",
    entryNames: "[name]-[hash]",
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  const assets = outputFiles.map((file) => ({ name: path.basename(file.path), contents: file.contents }));
  return { html: pageHtml(assets.map(({ name }) => name)), assets };
}

/** A disk that is handed on, as in the header. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2457c5"/><path fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" d="M7 11.5c0-2 3-3.5 6.5-3.5s6.5 1.5 6.5 3.5v2M7 11.5v9c0 2 3 3.5 6.5 3.5q1.5 0 2.900-.35M7 16c0 2 3 3.5 6.5 3.5M17 19.5h8m-3.200-3.200 3.200 3.200-3.200 3.200"/></svg>',
)}`;

/** Makes the document. Its addresses are relative: a proxy can serve the service below a path. */
function pageHtml(names: readonly string[]): string {
  const file = (extension: string) => names.find((name) => name.endsWith(extension));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Give a volume to another project, or take one that is offered to you.">
<meta name="robots" content="noindex">
<title>Volume handoff</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="handoff/${file(".css")}">
<script type="module" src="handoff/${file(".js")}"></script>
<link rel="preload" as="fetch" crossorigin href="handoff/session">
</head>
<body>
<noscript>
<main class="container narrow">
<h1>Volume handoff</h1>
<p>This page needs JavaScript. Allow it for this site, or use the command line: <code>openstack volume transfer request accept --auth-key KEY ID</code></p>
<p lang="de">Diese Seite braucht JavaScript. Erlauben Sie es für diese Website, oder verwenden Sie den Befehl.</p>
</main>
</noscript>
<main class="container loading"><div class="skeleton" aria-busy="true"><span></span><span></span><span></span></div></main>
</body>
</html>
`;
}
