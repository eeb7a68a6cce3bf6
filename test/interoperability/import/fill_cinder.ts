import { BlockStorage } from "../cinder/block_storage.ts";

/** Projects of a Cinder with volumes. */
export interface FilledCinder {
  readonly admin: BlockStorage;
  readonly projects: readonly string[];
}

/** Makes types, volumes and snapshots in every state that a Cinder without servers and images can make. */
export async function fillCinder(url: string): Promise<FilledCinder> {
  const [alpha, beta] = [crypto.randomUUID(), crypto.randomUUID()].map((id) => id.replaceAll("-", ""));
  if (alpha === undefined || beta === undefined) throw new Error("unreachable");
  const admin = new BlockStorage(url, alpha, "admin", "3.71");
  const run = alpha.slice(0, 8);

  const gold = await admin.create("types", {
    volume_type: { name: `gold ${run}`, description: "fast", extra_specs: { "note:tier": "1" } },
  });
  const multiattach = await admin.create("types", {
    volume_type: { name: `multi ${run}`, extra_specs: { multiattach: "<is> True" } },
  });
  const hidden = await admin.create("types", {
    volume_type: { name: `hidden ${run}`, "os-volume-type-access:is_public": false },
  });
  await admin.act(`types/${hidden}`, { addProjectAccess: { project: beta } });
  const encrypted = await admin.create("types", { volume_type: { name: `encrypted ${run}` } });
  await admin.send("POST", `types/${encrypted}/encryption`, {
    encryption: {
      provider: "luks2",
      control_location: "front-end",
      cipher: "aes-xts-plain64",
      key_size: 256,
    },
  });

  const volume = async (project: string, properties: object = {}, status = "available"): Promise<string> => {
    const owner = new BlockStorage(url, project, "member,reader", "3.71");
    const id = await owner.create("volumes", { volume: { size: 1, ...properties } });
    await admin.until(`volumes/${id}`, status);
    return id;
  };
  const snapshot = async (volume_id: string, properties: object = {}): Promise<string> => {
    const id = await admin.create("snapshots", { snapshot: { volume_id, force: true, ...properties } });
    await admin.until(`snapshots/${id}`, "available");
    return id;
  };

  const plain = await volume(alpha, { name: "it's; --\né €", description: "", metadata: { "a b": "c'd" } });
  await volume(beta, { size: 3, volume_type: gold });
  await volume(beta, { volume_type: hidden, metadata: { key: "" } });
  const snapshotted = await volume(alpha, { size: 2 });
  const source = await snapshot(snapshotted, { name: "nightly", metadata: { k: "v" } });
  const broken = await snapshot(snapshotted, { description: "broken" });
  await admin.act(`snapshots/${broken}`, { "os-reset_status": { status: "error" } });
  await volume(alpha, { size: 2, snapshot_id: source });
  await volume(alpha, { source_volid: plain });

  const bootable = await volume(alpha);
  await admin.act(`volumes/${bootable}`, { "os-set_bootable": { bootable: true } });
  await admin.act(`volumes/${bootable}`, {
    "os-set_image_metadata": { metadata: { image_name: "debian", min_disk: "0" } },
  });
  const readonly = await volume(alpha);
  await admin.act(`volumes/${readonly}`, { "os-update_readonly_flag": { readonly: true } });
  const offered = await volume(alpha);
  await new BlockStorage(url, alpha, "member,reader", "3.71").send("POST", "volume-transfers", {
    transfer: { volume_id: offered },
  });
  const attached = await volume(alpha, { volume_type: gold });
  await admin.act(`volumes/${attached}`, { "os-reserve": {} });
  await admin.act(`volumes/${attached}`, {
    "os-attach": { instance_uuid: crypto.randomUUID(), mountpoint: "/dev/vdb", mode: "rw" },
  });
  await admin.until(`volumes/${attached}`, "in-use");
  await snapshot(attached);
  // No back end here takes it, so that it has no host.
  await volume(alpha, { volume_type: multiattach }, "error");
  for (const status of ["error", "maintenance", "error_extending", "reserved"]) {
    const id = await volume(beta);
    await admin.act(`volumes/${id}`, { "os-reset_status": { status } });
  }
  const migrated = await volume(beta);
  await admin.act(`volumes/${migrated}`, { "os-reset_status": { migration_status: "error" } });
  return { admin, projects: [alpha, beta] };
}
