import * as z from "zod";
import { Client } from "../../../support/client.ts";
import type { LoadRequest } from "./load_generator.ts";

const PROJECTS = Array.from({ length: 10 }, (_, i) => `project${i}`);
const VOLUMES = 1000;

const created = z.object({
  transfer: z.object({ id: z.string(), volume_id: z.string(), auth_key: z.string() }),
});

interface Volume {
  readonly id: string;
  readonly owner: string;
}
interface OpenTransfer {
  readonly id: string;
  readonly auth_key: string;
  readonly volume: Volume;
}

const anyProject = (): string => PROJECTS[Math.floor(Math.random() * PROJECTS.length)] ?? "";

/**
 * Creates volumes, and prepares a mix of requests: of ten, about six are reads, two create a transfer, and two accept
 * or delete one.
 *
 * @param count the number of volumes
 * @returns a function that returns the next request
 */
export async function mixedLoad(url: string, count = VOLUMES): Promise<() => LoadRequest> {
  const available = await createVolumes(url, count);
  const open: OpenTransfer[] = [];

  const create = (volume: Volume): LoadRequest => ({
    method: "POST",
    path: "volume-transfers",
    project: volume.owner,
    body: { transfer: { volume_id: volume.id } },
    onResponse(status, body) {
      if (status === 202) open.push({ ...created.parse(JSON.parse(body)).transfer, volume });
      // 400: an earlier request of unknown outcome has created a transfer, and its auth_key is lost.
      else if (status !== 400) available.push(volume);
    },
  });

  const close = (transfer: OpenTransfer, project: string, request: Partial<LoadRequest>): LoadRequest => ({
    method: "POST",
    path: `volume-transfers/${transfer.id}`,
    project,
    ...request,
    onResponse(status) {
      if (status === 202) available.push({ id: transfer.volume.id, owner: project });
      // 404: an earlier request of unknown outcome has closed the transfer.
      else if (status !== 404) open.push(transfer);
    },
  });
  const remove = (transfer: OpenTransfer): LoadRequest =>
    close(transfer, transfer.volume.owner, { method: "DELETE" });
  const accept = (transfer: OpenTransfer): LoadRequest =>
    close(transfer, anyProject(), {
      path: `volume-transfers/${transfer.id}/accept`,
      body: { accept: { auth_key: transfer.auth_key } },
    });

  return () => {
    const dice = Math.random();
    if (dice < 0.4) return get("volumes?limit=10");
    if (dice < 0.6) return get("volume-transfers?limit=10");
    const volume = dice < 0.8 ? available.shift() : undefined;
    if (volume !== undefined) return create(volume);
    const transfer = open.shift();
    if (transfer === undefined) return get("volumes/detail?limit=10");
    return Math.random() < 0.3 ? remove(transfer) : accept(transfer);
  };
}

const get = (path: string): LoadRequest => ({ method: "GET", path, project: anyProject() });

async function createVolumes(url: string, count: number): Promise<Volume[]> {
  const volumes: Volume[] = [];
  for (let i = 0; i < count; i++) {
    const owner = anyProject();
    volumes.push({ id: await new Client(url, { project: owner }).createVolume(), owner });
  }
  return volumes;
}
