import path from "node:path";
import { describe, expect, inject, it } from "vitest";
import { clientsDocument } from "./clients_document.ts";
import { titleOf } from "./deployments.ts";
import { installedProgram } from "./installation.ts";
import { runCommand } from "./run_client.ts";

const document = clientsDocument("", []);

/** Returns the shell commands of a section of docs/clients.md, in order. */
function shellBlocks(section: string): string[] {
  const [, text = ""] = document.split(`\n## \`${section}\`\n`);
  const [content = ""] = text.split("\n## ");
  return Array.from(content.matchAll(/^```sh\n([\s\S]*?)^```/gm), ([, block = ""]) => block);
}

describe("the examples of docs/clients.md", () => {
  const run = (script: string) =>
    runCommand("bash", ["-euo", "pipefail", "-c", script], {
      PATH: [path.dirname(installedProgram("openstack")), process.env.PATH].join(path.delimiter),
    });

  for (const deployment of inject("deployments")) {
    const keystone = deployment.auth === "Keystone" ? deployment.keystone : undefined;
    const literal = (block = "") =>
      keystone === undefined
        ? block.replaceAll("http://127.0.0.1:8776", deployment.url)
        : block
            .replace("https://keystone.example/v3", keystone.url)
            .replace("=secret", `=${keystone.password}`)
            .replace("RegionOne", keystone.region);
    it.each(["openstack", "cinder"])(`of %s hand a volume over, ${titleOf(deployment)}`, async (client) => {
      const [withoutAuth, withKeystone = ""] = shellBlocks("openstack");
      const variables =
        keystone === undefined
          ? client === "cinder"
            ? shellBlocks("cinder")[0]
            : withoutAuth
          : withKeystone;
      const commands = shellBlocks(client).at(-1);
      const output = await run(`${literal(variables)}\n${commands}`);
      expect(output).toMatch(/my-transfer/);
      expect(output).toMatch(/name +\| my-volume/);
    });
  }
});
