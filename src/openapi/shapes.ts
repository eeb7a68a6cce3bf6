import * as z from "zod/mini";

// The schemas of response bodies. Only the tests validate responses; the service does not.

/** Describes a field in the OpenAPI document. */
export const described = (description: string) => z.meta({ description });

export const id = z.uuid().check(z.meta({ examples: ["c6a4b2f0-8d1e-4f5a-9b3c-7e2d1f0a4c58"] }));

/** The id of a project or user: 32 hexadecimal digits in Keystone, any text from other issuers. */
export const owner = z.string().check(z.meta({ examples: ["5f2c1d7e9a8b4c3d9e0f1a2b3c4d5e6f"] }));

export const time = z
  .string()
  .check(
    z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
    z.meta({ description: "UTC, without a zone.", examples: ["2026-11-23T15:20:00.123000"] }),
  );

export const links = z.array(
  z.strictObject({ rel: z.enum(["self", "bookmark"]), href: z.url({ protocol: /^https?$/ }) }),
);

export const nextLinks = z.optional(
  z
    .array(z.strictObject({ rel: z.literal("next"), href: z.url({ protocol: /^https?$/ }) }))
    .check(described("Where the next page is; absent where this one was not full.")),
);

export const stringMap = z.record(z.string(), z.string());

/** A field that is always `null` here, but not in Cinder. */
export const absent = z.null();

/** OpenStack's fault body: one object, named after the status. */
export const fault = (name: string) =>
  z.strictObject({
    [name]: z.strictObject({
      code: z.int(),
      message: z.string(),
      retryAfter: z.optional(z.string()),
      title: z.optional(z.string()),
    }),
  });
