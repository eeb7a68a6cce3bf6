import type { Context } from "hono";
import type { AppEnv } from "../context.ts";
import { getVolume, updateVolume, VOLUME_SORT_KEYS } from "../db/volumes/volume.ts";
import { notFound } from "../faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { enforce } from "../identity/policy.ts";
import { type ListQuery, listQuery } from "../pagination.ts";
import { accepted, allow, onlyAction, resource } from "../resource.ts";
import { body, saysYes } from "../validation.ts";
import { createVolumeSchema, updateVolumeSchema, volumeActionSchema } from "./schemas.ts";
import { created, detail, extendedDetail, list, summary } from "./views.ts";
import { listOwnVolumes, makeVolume, removeVolume } from "./volumes.ts";

const readListQuery = (c: Context<AppEnv>): ListQuery =>
  listQuery(c.req.query(), c.var.config.maxLimit, VOLUME_SORT_KEYS);

/** Volumes: as much of Cinder's API as transfers and their clients need. */
export const volumes = resource()
  .get("/", async (c) => {
    enforce(c.var.identity, "volume:get_all");
    const query = readListQuery(c);
    return c.json(list(c, query.page, await listOwnVolumes(c.var, query), summary));
  })

  .get("/detail", async (c) => {
    enforce(c.var.identity, "volume:get_all");
    const query = readListQuery(c);
    return c.json(list(c, query.page, await listOwnVolumes(c.var, query), extendedDetail));
  })

  .post("/", body(createVolumeSchema), async (c) => {
    enforce(c.var.identity, "volume:create");
    const { volume } = c.req.valid("json");
    const made = await makeVolume(c.var, {
      name: volume.name ?? volume.display_name ?? null,
      description: volume.description ?? volume.display_description ?? null,
      size: volume.size ?? null,
      metadata: volume.metadata,
      volume_type: volume.volume_type ?? null,
      availability_zone: volume.availability_zone ?? null,
    });
    return c.json({ volume: created(c, made) }, 202);
  })

  .get("/:id", async (c) => {
    enforce(c.var.identity, "volume:get");
    const id = c.req.param("id");
    const volume = await getVolume(c.var.db.reading, id, scopeOf(c.var.identity));
    if (volume === undefined) throw notFound("Volume", id);
    return c.json({ volume: extendedDetail(c, volume) });
  })

  .put("/:id", body(updateVolumeSchema), async (c) => {
    enforce(c.var.identity, "volume:update");
    const id = c.req.param("id");
    const {
      name,
      display_name = name,
      description,
      display_description = description,
      metadata,
    } = c.req.valid("json").volume;
    const volume = await updateVolume(c.var.db.writing, id, scopeOf(c.var.identity), {
      ...(display_name !== undefined && { display_name }),
      ...(display_description !== undefined && { display_description }),
      ...(metadata !== undefined && { metadata }),
    });
    if (volume === undefined) throw notFound("Volume", id);
    return c.json({ volume: detail(c, volume) });
  })

  .delete("/:id", async (c) => {
    enforce(c.var.identity, "volume:delete");
    await removeVolume(c.var, c.req.param("id"), saysYes(c.req.query("cascade")));
    return accepted(c);
  })

  .post("/:id/action", onlyAction("os-reset_status"), body(volumeActionSchema), async (c) => {
    enforce(c.var.identity, "volume_extension:volume_admin_actions:reset_status");
    const id = c.req.param("id");
    const { status } = c.req.valid("json")["os-reset_status"];
    const volume = await updateVolume(c.var.db.writing, id, scopeOf(c.var.identity), { status });
    if (volume === undefined) throw notFound("Volume", id);
    return accepted(c);
  })

  .all("/", allow("GET", "POST"))
  .all("/detail", allow("GET"))
  .all("/:id", allow("GET", "PUT", "DELETE"))
  .all("/:id/action", allow("POST"));
