import { type Call, idOf, type Measure } from "./calls.ts";
import { IDLE, seededId } from "./seed.ts";

/** Calls every endpoint that manages existing storage, and unmanages it. */
export async function everyManageEndpoint(call: Call, measure: Measure): Promise<void> {
  for (const path of ["/os-snapshot-manage", "/manageable_snapshots"]) {
    const manage = () =>
      call("admin", "POST", path, {
        snapshot: { volume_id: seededId(IDLE, 1), ref: { "source-name": path } },
      });
    let snapshot = "";
    await measure(`POST ${path}`, async () => {
      const answer = await manage();
      snapshot = idOf(answer.body, "snapshot");
      return answer;
    });
    await measure(`POST ${path}: refused`, manage);
    await measure("POST /snapshots/{id}/action: unmanage", () =>
      call("admin", "POST", `/snapshots/${snapshot}/action`, { "os-unmanage": {} }),
    );
  }
  for (const path of ["/os-volume-manage", "/manageable_volumes"]) {
    const manage = () =>
      call("admin", "POST", path, {
        volume: { host: `h${path}`, ref: { "source-name": "lun", size: 1 } },
      });
    let volume = "";
    await measure(`POST ${path}`, async () => {
      const answer = await manage();
      volume = idOf(answer.body, "volume");
      return answer;
    });
    await measure(`POST ${path}: refused`, manage);
    const action = path.includes("os-") ? "os-unmanage" : "os-force_delete";
    await measure(`POST /volumes/{id}/action: ${action}`, () =>
      call("admin", "POST", `/volumes/${volume}/action`, { [action]: null }),
    );
  }
}
