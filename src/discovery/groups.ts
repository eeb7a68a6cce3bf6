import * as z from "zod/mini";
import { notFound } from "../http/faults.ts";
import { GROUP_SNAPSHOTS, GROUP_VOLUME, type Microversion } from "../http/microversions.ts";
import { resource, since } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";

// The service has no groups. Horizon lists them with each list of volumes, and reports an error if it cannot.

/** A list that is always empty. */
interface EmptyList {
  /** The property of the body. */
  readonly name: "groups" | "group_snapshots";
  /** The name of a member in messages. */
  readonly kind: "Group" | "GroupSnapshot";
  /** The ids of the operations that list, without and with details. */
  readonly ids: readonly [index: string, detail: string];
  readonly rule: "group:get_all" | "group:get_all_group_snapshots";
  readonly first: Microversion;
}

const emptyList = ({ name, kind, ids: [index, detail], rule, first }: EmptyList) => {
  const body = { [name]: [] };
  const describe = (id: string, how: string) =>
    describeRoute({
      id,
      rule,
      tag: "groups",
      summary: `List ${name.replace("_", " ")}${how}`,
      description: `From 3.${first}. The list is empty: the service has none. Parameters are ignored.`,
      response: {
        status: 200,
        description: "An empty list.",
        body: z.strictObject({ [name]: z.array(z.never()) }),
      },
      faults: [404],
    });
  return resource()
    .get("/", describe(index, ""), since(first), (c) => c.json(body))
    .get("/detail", describe(detail, " with details"), since(first), (c) => c.json(body))
    .use("/:id", since(first), (c, next) => {
      const id = c.req.param("id");
      if (id === undefined || id === "detail") return next();
      throw notFound(kind, id);
    });
};

/** Groups of volumes, of which the service has none. */
export const groups = emptyList({
  name: "groups",
  kind: "Group",
  ids: ["listGroups", "listGroupsDetail"],
  rule: "group:get_all",
  first: GROUP_VOLUME,
});

/** Snapshots of groups, of which the service has none. */
export const groupSnapshots = emptyList({
  name: "group_snapshots",
  kind: "GroupSnapshot",
  ids: ["listGroupSnapshots", "listGroupSnapshotsDetail"],
  rule: "group:get_all_group_snapshots",
  first: GROUP_SNAPSHOTS,
});
