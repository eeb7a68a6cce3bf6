import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder, temporaryFolder } from "../../../src/cli/settings/settings.ts";
import { CHROMIUM } from "./chromium.ts";
import { startPageService } from "./page_service.ts";

/** The goal of each category, of 100. */
const GOALS = { performance: 95, accessibility: 95, "best-practices": 95 };

const report = z.object({
  categories: z.record(z.string(), z.object({ score: z.nullable(z.number()) })),
  audits: z.record(z.string(), z.object({ title: z.string(), displayValue: z.optional(z.string()) })),
});

/**
 * Measures the page with Lighthouse, on its throttled phone.
 *
 * @throws CliError below a goal
 */
export async function measurePage(processes: Processes): Promise<void> {
  if (!existsSync(CHROMIUM))
    throw new CliError(`there is no Chromium at ${CHROMIUM}. Set CHROMIUM to its path.`);
  const program = await installLighthouse(processes);
  const service = await startPageService();
  try {
    const output = path.join(temporaryFolder(), "report.json");
    await processes.run({
      title: "lighthouse",
      file: process.execPath,
      args: [
        program,
        `${service.url}/handoff`,
        ...["--quiet", "--output=json", `--output-path=${output}`],
        `--only-categories=${Object.keys(GOALS).join()}`,
        "--chrome-flags=--headless=new --no-sandbox",
      ],
      cwd: projectFolder,
      env: { CHROME_PATH: CHROMIUM },
    });
    const { categories, audits } = report.parse(JSON.parse(readFileSync(output, "utf8")));
    for (const name of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"]) {
      console.log(`${audits[name]?.title}: ${audits[name]?.displayValue}`);
    }
    const missed = Object.entries(GOALS).filter(([name, goal]) => {
      const score = Math.round((categories[name]?.score ?? 0) * 100);
      console.log(`${name}: ${score} (goal ${goal})`);
      return score < goal;
    });
    if (missed.length > 0) throw new CliError(`below the goal: ${missed.map(([name]) => name).join(", ")}.`);
  } finally {
    await service.stop();
  }
}

/** Installs Lighthouse as its lockfile has it, and returns the path of its program. */
async function installLighthouse(processes: Processes): Promise<string> {
  const folder = path.join(projectFolder, ".data/lighthouse");
  const program = path.join(folder, "node_modules/lighthouse/cli/index.js");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    for (const file of ["package.json", "package-lock.json"])
      copyFileSync(path.join(import.meta.dirname, "lighthouse", file), path.join(folder, file));
    console.log(`installing Lighthouse into ${folder}`);
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    await processes.run({ title: "npm ci", file: "npm", args, cwd: folder });
  }
  return program;
}
