import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import * as z from "zod";
import { runOutside } from "./outside.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The file that `npm pack` has made. */
    tarball: string;
    /** A folder in which the package is installed, and nothing of this checkout. */
    consumer: string;
    /** The size of the package with what it depends on, bytes. */
    installedBytes: number;
  }
}

const packed = z.array(z.object({ filename: z.string() }));
const manifest = z.object({
  devDependencies: z.object({ typescript: z.string(), "@types/node": z.string() }),
});

/** Packs the project, and installs the package into an empty folder. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-package-"));
  const pack = await runOutside(process.cwd(), "npm", ["pack", "--json", "--pack-destination", folder], {
    seesCheckout: true,
  });
  if (pack.code !== 0) throw new Error(`npm pack failed:\n${pack.output}`);
  // The scripts of npm pack print before it.
  const [file] = packed.parse(JSON.parse(pack.stdout.slice(pack.stdout.indexOf("[\n"))));
  const tarball = path.join(folder, file?.filename ?? "");
  const consumer = path.join(folder, "consumer");
  const { devDependencies } = manifest.parse(JSON.parse(readFileSync("package.json", "utf8")));
  const tools = Object.entries(devDependencies).map(([name, version]) => `${name}@${version}`);
  mkdirSync(consumer);
  const install = async (...packages: string[]) => {
    const { code, output } = await runOutside(consumer, "npm", ["install", ...packages]);
    if (code !== 0) throw new Error(`npm install failed:\n${output}`);
  };
  await install(tarball);
  project.provide("installedBytes", sizeOf(path.join(consumer, "node_modules")));
  await install(...tools);
  project.provide("tarball", tarball);
  project.provide("consumer", consumer);
  return () => rmSync(folder, { recursive: true });
}

/** Returns the size of the files in a folder, bytes. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(path.join(folder, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
