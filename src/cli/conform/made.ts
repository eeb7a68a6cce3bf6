import * as z from "zod";
import type { Exchange } from "./exchange.ts";

const withId = z.record(z.string(), z.looseObject({ id: z.string() }));
const transferBody = z.object({
  transfer: z.looseObject({ volume_id: z.string(), auth_key: z.string().optional() }),
});
const snapshotBody = z.object({ snapshot: z.looseObject({ volume_id: z.string() }) });

/** The resources that a run has created, as the responses name them. */
export class Made {
  /** The name of all volumes, snapshots and types of this run. */
  readonly name = `conform-${crypto.randomUUID().slice(0, 8)}`;
  readonly volumes = new Set<string>();
  /** The snapshots, with the volume of each. */
  readonly snapshots = new Map<string, string>();
  readonly types = new Set<string>();
  /** The open transfers, with the volume of each. */
  readonly transfers = new Map<string, string>();
  /** The volumes that only one rule can use: they have snapshots, or a transfer of them was accepted. */
  readonly spoiled = new Set<string>();
  /** The `auth_key` of each transfer, which no report shows. */
  readonly keys = new Set<string>();

  /** Remembers what a request has created, moved or deleted. */
  readonly record = ({ method, path, status, json }: Exchange): void => {
    if (status >= 300) return;
    const [collection = "", id = "", action] = path.split("?", 1)[0]?.split("/") ?? [];
    const isTransfer = /^(os-volume-transfer|volume-transfers)$/.test(collection);
    if (isTransfer && method === "DELETE") this.transfers.delete(id);
    if (method !== "POST") return;
    if (isTransfer && action === "accept") {
      this.spoiled.add(this.transfers.get(id) ?? "");
      this.transfers.delete(id);
      return;
    }
    const created = Object.values(withId.safeParse(json).data ?? {})[0]?.id;
    if (created === undefined || id !== "") return;
    if (isTransfer) this.#recordTransfer(created, json);
    else if (collection === "volumes") this.volumes.add(created);
    else if (collection === "snapshots") this.#recordSnapshot(created, json);
    else if (collection === "types") this.types.add(created);
  };

  #recordSnapshot(id: string, json: unknown): void {
    const volume_id = snapshotBody.safeParse(json).data?.snapshot.volume_id ?? "";
    this.snapshots.set(id, volume_id);
    this.spoiled.add(volume_id);
  }

  #recordTransfer(id: string, json: unknown): void {
    const { volume_id = "", auth_key } = transferBody.safeParse(json).data?.transfer ?? {};
    this.transfers.set(id, volume_id);
    if (auth_key) this.keys.add(auth_key);
  }
}
