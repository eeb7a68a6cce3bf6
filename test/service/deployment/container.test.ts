import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Client } from "../../support/client.ts";
import { freePort } from "../../support/free_port.ts";
import { areInstalled, run } from "./programs.ts";

const MAX_BYTES = 150_000_000;

// runc also works where the control groups are of both versions. The limits are within those of an unprivileged root.
const PODMAN = ["--runtime", "runc"];
const LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
const podman = (...args: readonly string[]) => run("podman", [...PODMAN, ...args]);

describe.runIf(areInstalled("buildah", "podman", "runc", "strip"))("the container", () => {
  const name = `volume-transfers-test-${process.pid}`;
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  let url: string;

  /** Starts the image with a read-only root, on the network of this machine. */
  const start = async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const env = ["--env", "AUTH_STRATEGY=noauth", "--env", `PORT=${port}`];
    const flags = [
      "--detach",
      "--name",
      name,
      "--network",
      "host",
      "--read-only",
      "--volume",
      `${name}:/data`,
    ];
    await podman("run", ...flags, ...LIMITS, ...env, name);
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
      timeout: 60_000,
    });
  };

  beforeAll(async () => {
    await run("npm", ["pack", "--pack-destination", folder]);
    const [file = ""] = await run("ls", [folder]).then((names) => names.split("\n"));
    await run("examples/deployment/build-container.sh", [path.join(folder, file), name]);
    await start();
  });
  afterAll(async () => {
    await podman("rm", "--force", name);
    await podman("volume", "rm", "--force", name);
    await podman("image", "rm", "--force", name);
    rmSync(folder, { recursive: true });
  });

  it("has at most 150 MB", async () => {
    expect(Number(await podman("image", "inspect", name, "--format", "{{.Size}}"))).toBeLessThan(MAX_BYTES);
  });

  it("is one process, which is not root's", async () => {
    const processes = await podman("top", name, "user,pid");
    expect(processes.split("\n").map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ["USER", "PID"],
      ["volume-transfers", "1"],
    ]);
  });

  it("is healthy while its database answers", async () => {
    await expect(podman("healthcheck", "run", name)).resolves.toBe("");
  });

  it("ends with 0 at SIGTERM, and has its data when another one starts on the volume", async () => {
    const alice = new Client(url);
    const id = await alice.createVolume({ name: "kept" });
    await podman("stop", "--time", "15", name);
    expect(await podman("inspect", name, "--format", "{{.State.ExitCode}}")).toBe("0");
    await podman("rm", name);
    await start();
    const again = new Client(url, { token: alice.token, project: alice.project });
    expect((await again.get(`volumes/${id}`)).body.volume).toMatchObject({ name: "kept" });
  });
});
