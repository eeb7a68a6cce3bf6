import * as z from "zod";
import { ApiError, type BlockStorage } from "./api.ts";

/** The name of the follower's transfers in Cinder, by which it finds those that a killed run has left behind. */
const NAME = "volume-transfers follower";

const volumeAnswer = z.object({
  volume: z.object({ status: z.string(), "os-vol-tenant-attr:tenant_id": z.string() }),
});
const snapshotsAnswer = z.object({
  snapshots: z.array(z.object({ "os-extended-snapshot-attributes:project_id": z.string() })),
});
const transfersAnswer = z.object({
  transfers: z.array(z.object({ id: z.string(), name: z.string().nullable(), volume_id: z.string() })),
});
const transferAnswer = z.object({ transfer: z.object({ id: z.string(), auth_key: z.string() }) });

/** A volume of Cinder. */
interface Volume {
  readonly status: string;
  readonly owner: string;
}

/** The requests of a follower to Cinder. */
export class Cinder {
  readonly #api: BlockStorage;
  readonly #admin: string;

  /** @param admin the project in which the follower's user is an admin, who sees the volumes of all projects */
  constructor(api: BlockStorage, admin: string) {
    this.#api = api;
    this.#admin = admin;
  }

  /** Returns a volume of any project; undefined if Cinder has none with the id. */
  async volume(id: string): Promise<Volume | undefined> {
    try {
      const { volume } = volumeAnswer.parse(await this.#api.send(this.#admin, "GET", `volumes/${id}`));
      return { status: volume.status, owner: volume["os-vol-tenant-attr:tenant_id"] };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Returns the owner of each snapshot of a volume. */
  async snapshotOwners(volume_id: string): Promise<string[]> {
    const path = `snapshots/detail?all_tenants=1&volume_id=${volume_id}`;
    const { snapshots } = snapshotsAnswer.parse(await this.#api.send(this.#admin, "GET", path));
    return snapshots.map((snapshot) => snapshot["os-extended-snapshot-attributes:project_id"]);
  }

  /**
   * Deletes the transfers of a volume that a killed run has left behind: nobody has their key any more.
   *
   * @returns how many there were
   */
  async deleteLeftBehind(volume_id: string): Promise<number> {
    const path = `volume-transfers/detail?all_tenants=1&volume_id=${volume_id}`;
    const { transfers } = transfersAnswer.parse(await this.#api.send(this.#admin, "GET", path));
    const own = transfers.filter((transfer) => transfer.name === NAME && transfer.volume_id === volume_id);
    for (const { id } of own) await this.#api.send(this.#admin, "DELETE", `volume-transfers/${id}`);
    return own.length;
  }

  /** Moves a volume: its owner creates a transfer, and the other project accepts it. */
  async move(volume_id: string, from: string, to: string, no_snapshots: boolean): Promise<void> {
    const body = { transfer: { volume_id, name: NAME, no_snapshots } };
    const created = await this.#api.send(from, "POST", "volume-transfers", body);
    const { id, auth_key } = transferAnswer.parse(created).transfer;
    try {
      await this.#api.send(to, "POST", `volume-transfers/${id}/accept`, { accept: { auth_key } });
    } catch (error) {
      // The volume must not wait for a transfer that Cinder refuses. If this fails, too, the next attempt does it.
      await this.#api.send(from, "DELETE", `volume-transfers/${id}`).catch(() => {});
      throw error;
    }
  }
}
