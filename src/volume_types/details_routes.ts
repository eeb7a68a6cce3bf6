import { body } from "../http/body.ts";
import { badRequest, Fault } from "../http/faults.ts";
import { accepted, acceptedHtml } from "../http/resource.ts";
import { createRouter } from "../http/router.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { listAccess } from "./access.ts";
import { createEncryption, deleteEncryption, showEncryption, updateEncryption } from "./encryption.ts";
import { addExtraSpecs, deleteExtraSpec, showExtraSpec, showExtraSpecs } from "./extra_specs.ts";
import {
  accessListed,
  createEncryptionSchema,
  encryptionChanged,
  encryptionShown,
  extraSpecSchema,
  extraSpecsSchema,
  extraSpecsShown,
  memberShown,
  updateEncryptionSchema,
} from "./schemas.ts";
import { encryptionShown as encryptionView } from "./views.ts";

const tag = "types";

/** The access list, the extra specs and the encryption of a volume type, to be mounted after the types. */
export const volumeTypeDetails = createRouter()
  .get(
    "/:id/os-volume-type-access",
    describeRoute({
      id: "listVolumeTypeAccess",
      rule: "volume_extension:volume_type_access:get_all_for_type",
      tag,
      summary: "List private volume type access details",
      description: "For admins.",
      response: { status: 200, description: "The projects that may use the type.", body: accessListed },
      faults: [404],
    }),
    async (c) => {
      const volume_type_id = c.req.param("id");
      const projects = await listAccess(c.var, volume_type_id);
      return c.json({
        volume_type_access: projects.map((project_id) => ({ volume_type_id, project_id })),
      });
    },
  )

  .get(
    "/:id/extra_specs",
    describeRoute({
      id: "showExtraSpecs",
      rule: "volume_extension:types_extra_specs:index",
      tag,
      summary: "Show all extra specifications for volume type",
      response: { status: 200, description: "The extra specs.", body: extraSpecsShown },
      faults: [404],
    }),
    async (c) => c.json({ extra_specs: await showExtraSpecs(c.var, c.req.param("id")) }),
  )

  .post(
    "/:id/extra_specs",
    describeRoute({
      id: "createExtraSpecs",
      rule: "volume_extension:types_extra_specs:create",
      tag,
      summary: "Create or update extra specs for volume type",
      description: "For admins. No volume may have the type.",
      response: { status: 200, description: "The extra specs of the request.", body: extraSpecsShown },
      faults: [404],
    }),
    body(extraSpecsSchema),
    async (c) => {
      const { extra_specs } = c.req.valid("json");
      await addExtraSpecs(c.var, c.req.param("id"), extra_specs);
      return c.json({ extra_specs });
    },
  )

  .get(
    "/:id/extra_specs/:key",
    describeRoute({
      id: "showExtraSpec",
      rule: "volume_extension:types_extra_specs:show",
      tag,
      summary: "Show extra specification for volume type",
      response: { status: 200, description: "The extra spec under its name.", body: memberShown },
      faults: [404],
    }),
    async (c) => {
      const { id, key } = c.req.param();
      return c.json({ [key]: await showExtraSpec(c.var, id, key) });
    },
  )

  .put(
    "/:id/extra_specs/:key",
    describeRoute({
      id: "updateExtraSpec",
      rule: "volume_extension:types_extra_specs:update",
      tag,
      summary: "Update extra specification for volume type",
      description: "For admins. No volume may have the type.",
      response: { status: 200, description: "The extra spec under its name.", body: memberShown },
      faults: [404],
    }),
    body(extraSpecSchema),
    async (c) => {
      const { id, key } = c.req.param();
      const specs = c.req.valid("json");
      if (!Object.hasOwn(specs, key)) throw badRequest("Request body and URI mismatch");
      await addExtraSpecs(c.var, id, specs);
      return c.json(specs);
    },
  )

  .delete(
    "/:id/extra_specs/:key",
    describeRoute({
      id: "deleteExtraSpec",
      rule: "volume_extension:types_extra_specs:delete",
      tag,
      summary: "Delete extra specification for volume type",
      description: "For admins. No volume may have the type.",
      response: { status: 202, description: "The extra spec is deleted." },
      faults: [404],
    }),
    async (c) => {
      const { id, key } = c.req.param();
      await deleteExtraSpec(c.var, id, key);
      return accepted(c);
    },
  )

  .get(
    "/:id/encryption",
    describeRoute({
      id: "showEncryption",
      rule: "volume_extension:volume_type_encryption:get",
      tag,
      summary: "Show an encryption type",
      description: "For admins. An empty object for a type whose volumes are not encrypted.",
      response: { status: 200, description: "The encryption.", body: encryptionShown },
      faults: [404],
    }),
    async (c) => {
      const id = c.req.param("id");
      const encryption = await showEncryption(c.var, id);
      return c.json(encryption === null ? {} : encryptionView(id, encryption));
    },
  )

  .post(
    "/:id/encryption",
    describeRoute({
      id: "createEncryption",
      rule: "volume_extension:volume_type_encryption:create",
      tag,
      summary: "Create an encryption type",
      description: "For admins. No volume may have the type.",
      response: { status: 200, description: "The encryption.", body: encryptionChanged },
      faults: [404],
    }),
    body(createEncryptionSchema),
    async (c) => {
      const id = c.req.param("id");
      const { encryption } = c.req.valid("json");
      const { provider, control_location, cipher = null, key_size = null } = encryption;
      const encryption_id = await createEncryption(c.var, id, {
        provider,
        control_location,
        cipher,
        key_size,
      });
      return c.json({ encryption: { ...encryption, volume_type_id: id, encryption_id } });
    },
  )

  .get(
    "/:id/encryption/:key",
    describeRoute({
      id: "showEncryptionItem",
      rule: "volume_extension:volume_type_encryption:get",
      tag,
      summary: "Show encryption specs item",
      description: "For admins.",
      response: { status: 200, description: "The item under its name.", body: memberShown },
      faults: [404],
    }),
    async (c) => {
      const { id, key } = c.req.param();
      const encryption = await showEncryption(c.var, id);
      const item =
        encryption && Object.entries(encryptionView(id, encryption)).find(([name]) => name === key);
      if (!item) throw new Fault(404, `Volume type encryption for type ${id} does not exist.`);
      return c.json({ [key]: item[1] });
    },
  )

  .put(
    "/:id/encryption/:key",
    describeRoute({
      id: "updateEncryption",
      rule: "volume_extension:volume_type_encryption:update",
      tag,
      summary: "Update an encryption type",
      description: "For admins. No volume may have the type.",
      response: { status: 200, description: "The changes of the request.", body: encryptionChanged },
      faults: [404],
    }),
    body(updateEncryptionSchema),
    async (c) => {
      const { provider, control_location, cipher, key_size } = c.req.valid("json").encryption;
      const changes = {
        ...(provider !== undefined && { provider }),
        ...(control_location !== undefined && { control_location }),
        ...(cipher !== undefined && { cipher }),
        ...(key_size !== undefined && { key_size }),
      };
      await updateEncryption(c.var, c.req.param("id"), changes);
      return c.json({ encryption: changes });
    },
  )

  .delete(
    "/:id/encryption/:key",
    describeRoute({
      id: "deleteEncryption",
      rule: "volume_extension:volume_type_encryption:delete",
      tag,
      summary: "Delete an encryption type",
      description: "For admins. No volume may have the type.",
      response: { status: 202, description: "The encryption is deleted." },
      faults: [404],
    }),
    async (c) => {
      await deleteEncryption(c.var, c.req.param("id"));
      return acceptedHtml(c);
    },
  );
