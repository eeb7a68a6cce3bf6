import { body } from "../http/body.ts";
import { badRequest } from "../http/faults.ts";
import { succeededHtml } from "../http/resource.ts";
import { createRouter } from "../http/router.ts";
import type { Rule } from "../identity/policy.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import type { Kind } from "./metadata.sql.ts";
import { deleteMetadata, showMetadata, showMetadataValue, updateMetadata } from "./metadata.ts";
import {
  metadataItemSchemas,
  metadataItemShown,
  metadataSchemas,
  metadataShown,
} from "./metadata_schemas.ts";

/** The policy rules of each verb. Snapshots have no rule of their own for the creation. */
const RULES = {
  volume: {
    show: "volume:get_volume_metadata",
    create: "volume:create_volume_metadata",
    update: "volume:update_volume_metadata",
    delete: "volume:delete_volume_metadata",
  },
  snapshot: {
    show: "volume:get_snapshot_metadata",
    create: "volume:update_snapshot_metadata",
    update: "volume:update_snapshot_metadata",
    delete: "volume:delete_snapshot_metadata",
  },
} as const satisfies Record<Kind, Record<string, Rule>>;
const NAMES = { volume: "Volume", snapshot: "Snapshot" } as const;

/**
 * Makes the routes of the metadata of volumes or snapshots, to be mounted where these are, after them: the middleware
 * of the resource applies.
 */
const metadataRoutes = (kind: Kind) => {
  const rules = RULES[kind];
  const name = NAMES[kind];
  const tag = `${kind}s`;
  return createRouter()
    .get(
      "/:id/metadata",
      describeRoute({
        id: `show${name}Metadata`,
        rule: rules.show,
        tag,
        summary: `Show a ${kind}'s metadata`,
        response: { status: 200, description: "The metadata.", body: metadataShown },
        faults: [404],
      }),
      async (c) => c.json({ metadata: await showMetadata(c.var, kind, c.req.param("id")) }),
    )

    .post(
      "/:id/metadata",
      describeRoute({
        id: `create${name}Metadata`,
        rule: rules.create,
        tag,
        summary: `Create metadata for a ${kind}`,
        description: "Adds to the metadata; a key that exists gets the new value.",
        response: { status: 200, description: "The whole metadata.", body: metadataShown },
        faults: [404],
      }),
      body(metadataSchemas[kind]),
      async (c) => {
        const { metadata } = c.req.valid("json");
        return c.json({
          metadata: await updateMetadata(c.var, kind, c.req.param("id"), "merge", metadata),
        });
      },
    )

    .put(
      "/:id/metadata",
      describeRoute({
        id: `update${name}Metadata`,
        rule: rules.update,
        tag,
        summary: `Update a ${kind}'s metadata`,
        description: "Replaces the metadata.",
        response: { status: 200, description: "The metadata.", body: metadataShown },
        faults: [404],
      }),
      body(metadataSchemas[kind]),
      async (c) => {
        const { metadata } = c.req.valid("json");
        return c.json({
          metadata: await updateMetadata(c.var, kind, c.req.param("id"), "replace", metadata),
        });
      },
    )

    .get(
      "/:id/metadata/:key",
      describeRoute({
        id: `show${name}MetadataItem`,
        rule: rules.show,
        tag,
        summary: `Show one key of a ${kind}'s metadata`,
        response: { status: 200, description: "The key and its value.", body: metadataItemShown },
        faults: [404],
      }),
      async (c) => {
        const { id, key } = c.req.param();
        return c.json({ meta: { [key]: await showMetadataValue(c.var, kind, id, key) } });
      },
    )

    .put(
      "/:id/metadata/:key",
      describeRoute({
        id: `update${name}MetadataItem`,
        rule: rules.update,
        tag,
        summary: `Set one key of a ${kind}'s metadata`,
        response: { status: 200, description: "The key and its value.", body: metadataItemShown },
        faults: [404],
      }),
      body(metadataItemSchemas[kind]),
      async (c) => {
        const { id, key } = c.req.param();
        const { meta } = c.req.valid("json");
        if (!Object.hasOwn(meta, key)) throw badRequest("Request body and URI mismatch");
        await updateMetadata(c.var, kind, id, "merge", meta);
        return c.json({ meta });
      },
    )

    .delete(
      "/:id/metadata/:key",
      describeRoute({
        id: `delete${name}MetadataItem`,
        rule: rules.delete,
        tag,
        summary: `Delete one key of a ${kind}'s metadata`,
        response: { status: 200, description: "The key is deleted." },
        faults: [404],
      }),
      async (c) => {
        const { id, key } = c.req.param();
        await deleteMetadata(c.var, kind, id, key);
        return succeededHtml(c);
      },
    );
};

export const volumeMetadata = metadataRoutes("volume");
export const snapshotMetadata = metadataRoutes("snapshot");
