import type { RouterRoute } from "hono/types";
import * as z from "zod/mini";
import { bodySchemaOf } from "../http/body.ts";
import { faultName } from "../http/faults.ts";
import { MAX_MICROVERSION, MIN_MICROVERSION, versionString } from "../http/microversions.ts";
import { FACADE } from "../http/region.ts";
import { VERSION } from "../http/version.ts";
import { type Operation, operationOf } from "./describe_route.ts";
import { ABOUT_EXAMPLES, BODIES, pathExample } from "./examples.ts";
import { faultsOf } from "./faults.ts";
import { fault } from "./shapes.ts";

const TITLE = "volume-transfers";
const ABOUT =
  "OpenStack's volume-transfer API (Block Storage v3), and as much of volumes, snapshots, quotas and types as " +
  "transfers need. The project in the path is the token's, and may be left out.";
const MICROVERSION = "OpenStack-API-Version";

/** An object in the document. */
type Part = Record<string, unknown>;

/** The media type of an event in structured JSON. */
const CLOUD_EVENT = "application/cloudevents+json";

function jsonSchema(schema: z.ZodMiniType): Part {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return converted;
}

const json = (schema: z.ZodMiniType, example?: object): Part => ({
  "application/json": { schema: jsonSchema(schema), ...(example && { example }) },
});

function pathParameter(path: string, name: string): Part {
  const example = pathExample(path, name);
  return { name, in: "path", required: true, schema: { type: "string" }, ...(example && { example }) };
}

const header = (description: string, example: string): Part => ({
  description,
  schema: { type: "string" },
  example,
});
const ALWAYS = {
  "x-openstack-request-id": header(
    "The id of the request, for reports to the operator.",
    "req-6b1f3c1e-2f6d-4b0e-9a57-0d1c2e3f4a5b",
  ),
};
const VERSIONED = {
  ...ALWAYS,
  [MICROVERSION]: header("The microversion of the response.", `volume ${versionString(MAX_MICROVERSION)}`),
  Vary: header("The request header that the response depends on.", MICROVERSION),
};

/**
 * Makes the OpenAPI 3.1 document from the descriptions of routes and the schemas that validate their bodies.
 *
 * @param routes the routes of a router; routes without a description are left out, and so are those under `/v3` without a
 *   project in the path, which are the same again
 * @param webhooks the schemas of the bodies that the service sends, by the name of the webhook
 */
export function openApiDocument(
  routes: readonly RouterRoute[],
  webhooks: Readonly<Record<string, z.ZodMiniType>>,
): Part {
  const paths: Record<string, Part> = {};
  for (const { path, method } of routes) {
    if (/^\/v3\/(?!:project_id\/)./.test(path) || path.startsWith(FACADE)) continue;
    const handlers = routes.filter((route) => route.path === path && route.method === method);
    const [operation] = handlers.flatMap(({ handler }) => operationOf(handler) ?? []);
    if (operation === undefined) continue;
    const [body] = handlers.flatMap(({ handler }) => bodySchemaOf(handler) ?? []);
    const name = path.replace(/:(\w+)/g, "{$1}");
    paths[name] = { ...paths[name], [method.toLowerCase()]: operationObject(path, operation, body) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: TITLE,
      version: VERSION,
      description: ABOUT + ABOUT_EXAMPLES,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ token: [] }],
    paths,
    webhooks: Object.fromEntries(
      Object.entries(webhooks).map(([name, body]) => [name, { post: webhookObject(name, body) }]),
    ),
    components: {
      securitySchemes: {
        token: {
          type: "apiKey",
          in: "header",
          name: "X-Auth-Token",
          description:
            "Without authentication `user:project`, such as `alice:alpha`, or `user:project:role` with a role such as " +
            "`admin`; else a token of Keystone (`openstack token issue`) or a JWT.",
        },
      },
      parameters: { [MICROVERSION]: microversionParameter },
    },
  } satisfies Part;
}

const microversionParameter: Part = {
  name: MICROVERSION,
  in: "header",
  description: `The requested microversion; the default is ${versionString(MIN_MICROVERSION)}.`,
  example: `volume ${versionString(MAX_MICROVERSION)}`,
  schema: {
    type: "string",
    enum: ["latest", ...Array.from({ length: MAX_MICROVERSION + 1 }, (_, minor) => versionString(minor))].map(
      (version) => `volume ${version}`,
    ),
  },
};

/** Describes a request that the service sends, as Standard Webhooks define it. */
function webhookObject(name: string, body: z.ZodMiniType): Part {
  const parameter = (header: string, description: string): Part => ({
    name: header,
    in: "header",
    required: true,
    description,
    schema: { type: "string" },
  });
  return {
    operationId: name,
    tags: ["events"],
    summary: `Receive ${name}`,
    security: [],
    parameters: [
      parameter("webhook-id", "The event's id, the same in each attempt."),
      parameter("webhook-timestamp", "The time of the attempt, seconds since the epoch."),
      parameter("webhook-signature", "A signature for each secret, separated by blanks."),
    ],
    requestBody: { required: true, content: { [CLOUD_EVENT]: { schema: jsonSchema(body) } } },
    responses: {
      "2XX": { description: "The event is delivered." },
      410: { description: "The endpoint is gone. It gets no more events." },
      default: { description: "The event is sent again later." },
    },
  };
}

function operationObject(path: string, operation: Operation, body: z.ZodMiniType | undefined): Part {
  const { id, tag, summary, description, response, alternative, parameters = [], links = [] } = operation;
  const open = operation.rule === "open";
  // The operations under the older path of transfers need ids of their own.
  const described = parameters.flatMap((parameter) => (parameter.in === "path" ? [parameter.name] : []));
  const named = (id: string) => (path.includes("os-volume-transfer") ? `${id}OnOlderPath` : id);
  return {
    operationId: named(id),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].flatMap(([, name = ""]) =>
        described.includes(name) ? [] : [pathParameter(path, name)],
      ),
      ...(open ? [] : [{ $ref: `#/components/parameters/${MICROVERSION}` }]),
      ...parameters,
    ],
    ...(open && { security: [] }),
    ...(body && { requestBody: { required: true, content: json(body, BODIES[named(id)]) } }),
    responses: {
      [response.status]: {
        description: response.description,
        headers: open ? ALWAYS : VERSIONED,
        ...(response.body && { content: json(response.body) }),
        ...(links.length > 0 && {
          links: Object.fromEntries(
            links.map(({ operation, parameters, body }) => [
              operation,
              { operationId: named(operation), parameters, ...(body !== undefined && { requestBody: body }) },
            ]),
          ),
        }),
      },
      ...(alternative && {
        [alternative.status]: { description: alternative.description, headers: VERSIONED },
      }),
      ...Object.fromEntries(
        faultsOf(operation).map(([status, description]) => [
          status,
          { description, headers: ALWAYS, content: json(fault(faultName(status))) },
        ]),
      ),
    },
  } satisfies Part;
}
