import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { Client } from "../../support/client.ts";
import { startBrowser } from "./chromium.ts";
import { startPageService } from "./page_service.ts";
import { Person } from "./person.ts";

const FOLDER = path.join(projectFolder, "docs/pictures");

const STYLE = `<style>
  body { margin: 0; }
  .page { display: flex; gap: 20px; padding: 20px; background: #d9dee7; align-items: start; }
  .page img { width: 660px; border-radius: 10px; box-shadow: 0 4px 18px #0003; }
  .terminal { background: #14181f; color: #d6dbe4; padding: 18px 24px; }
  pre { margin: 0; font: 15px/1.45 monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
  i { color: #8fa3bf; } b { color: #7ee0a3; }
</style>`;

/** Takes the pictures of the documents from a real run: the page of both people, and the same handoff in a terminal. */
export async function takePictures(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const service = await startPageService();
  const browser = await startBrowser();
  try {
    await takePage(service.url, browser);
    await takeTerminal(service.url, browser);
  } finally {
    await browser.close();
    await service.stop();
  }
}

/** Hands a volume over on the page, and takes what Alice and Bob see beside each other. */
async function takePage(url: string, browser: Browser): Promise<void> {
  const client = new Client(url, { project: "alpha" });
  const volume = await client.createVolume({
    name: "shop database",
    description: "PostgreSQL, production",
    size: 80,
  });
  await client.createSnapshot(volume, { name: "before the upgrade" });
  const [alice, bob] = [await Person.at(url, browser), await Person.at(url, browser)];
  for (const { page } of [alice, bob]) await page.setViewportSize({ width: 660, height: 800 });
  await alice.open();
  await alice.signInAs("alice", "alpha");
  const link = await alice.offer("shop database");
  await alice.reads("Nobody has accepted yet.");
  await bob.open(link);
  await bob.signInAs("bob", "beta");
  await bob.look();
  const shots = [];
  for (const { page } of [alice, bob])
    shots.push((await page.screenshot({ fullPage: true })).toString("base64"));
  const frames = shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join("");
  await take(browser, "page", { width: 1380, height: 840 }, `<body class="page">${frames}</body>`);
  await bob.accept();
  await alice.reads(/Accepted/);
  await alice.close();
  await bob.close();
}

/** Runs the commands of a handoff, and takes them with what they print. */
async function takeTerminal(url: string, browser: Browser): Promise<void> {
  const volume_id = await new Client(url, { project: "alpha" }).createVolume({ name: "website", size: 3 });
  const json = "-H 'Content-Type: application/json'";
  let text = "";
  const run = async (comment: string, command: string): Promise<string> => {
    const { stdout } = await promisify(execFile)("bash", ["-c", command]);
    text += `\n# ${comment}\n$ ${command}\n${stdout}\n`;
    return stdout;
  };
  const made = await run(
    "alice of project alpha offers a volume",
    `curl -s -H 'X-Auth-Token: alice:alpha' ${json} \\\n  -d '{"transfer": {"volume_id": "${volume_id}"}}' ${url}/v3/alpha/volume-transfers`,
  );
  const { id, auth_key } = (JSON.parse(made) as { transfer: { id: string; auth_key: string } }).transfer;
  const post = (action: string) =>
    `curl -s -H 'X-Auth-Token: bob:beta' ${json} \\\n  -d '{"${action}": {"auth_key": "${auth_key}"}}' ${url}/v3/beta/volume-transfers/${id}/${action}`;
  await run("bob of project beta looks at the offer", post("preview"));
  await run("and accepts it", post("accept"));
  const escaped = text.trim().replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const coloured = escaped.replaceAll(/^#.*$/gm, "<i>$&</i>").replaceAll(/^\$ /gm, "<b>$</b> ");
  await take(
    browser,
    "terminal",
    { width: 1340, height: 640 },
    `<body class="terminal"><pre>${coloured}</pre></body>`,
  );
}

/** Renders HTML, and writes it to a file. */
async function take(
  browser: Browser,
  name: string,
  viewport: { readonly width: number; readonly height: number },
  html: string,
): Promise<void> {
  const page = await browser.newPage({ viewport });
  await page.setContent(STYLE + html);
  const file = path.join(FOLDER, `${name}.png`);
  await page.locator("body").screenshot({ path: file });
  await page.close();
  console.log(path.relative(projectFolder, file));
}
