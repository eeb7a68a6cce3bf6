import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { Outcome, Suite } from "./suite.ts";

const exchange = z.object({
  /** The method of `Fog::OpenStack::Volume::V3`. */
  call: z.string(),
  user: z.enum(["alice", "bob", "root"]),
  method: z.string(),
  /** Below the endpoint. `{volume}` is the id of the volume that was created last, and so on. */
  path: z.string(),
  body: z.unknown().optional(),
  status: z.number(),
  /** The member of the response that fog-openstack reads. */
  response: z.string().optional(),
});

type Exchange = z.infer<typeof exchange>;

const exchanges: readonly Exchange[] = readFileSync(
  path.join(import.meta.dirname, "fog_openstack.jsonl"),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => exchange.parse(JSON.parse(line)));

const created = z.object({ id: z.string(), auth_key: z.string().optional() });
const response = z.record(z.string(), z.unknown());

const titleOf = ({ call }: Exchange, index: number): string => `${index + 1} ${call}`;

/** Sends a recorded request, and returns what differs from the recorded response. */
async function replay(
  { user, method, path, body, status, response: member }: Exchange,
  url: string,
  values: Map<string, string>,
): Promise<string> {
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? name);
  const project = user === "alice" ? values.get("project") : user;
  const answer = await fetch(`${url}/v3/${project}${fill(path)}`, {
    method,
    headers: {
      "X-Auth-Token": `${user}:${project}${user === "root" ? ":admin" : ""}`,
      "Content-Type": "application/json",
      Accept: "application/json",
    },
    ...(body !== undefined && { body: fill(JSON.stringify(body)) }),
  });
  const text = await answer.text();
  if (answer.status !== status) return `${answer.status} ${text}`;
  if (member === undefined) return "";
  const { [member]: found } = response.parse(JSON.parse(text));
  if (found === undefined) return `${member} is missing: ${text}`;
  const resource = created.safeParse(found).data;
  if (method === "POST" && resource !== undefined) {
    values.set(member, resource.id);
    if (resource.auth_key !== undefined) values.set("auth_key", resource.auth_key);
  }
  return "";
}

/** The requests of fog-openstack, recorded with Ruby: all that it has for volumes, but those of backups. */
export const fogSuite: Suite = {
  name: "fog-openstack, its recorded requests",
  version: "1.1.5",
  exclusions: [],
  list: async () => exchanges.map(titleOf),
  run: async (_tests, { urlWithoutAuth }) => {
    const values = new Map([["project", crypto.randomUUID().replaceAll("-", "")]]);
    const outcomes: Outcome[] = [];
    for (const [index, recorded] of exchanges.entries()) {
      const details = await replay(recorded, urlWithoutAuth, values);
      const outcome = details === "" ? "passed" : "failed";
      outcomes.push({ test: titleOf(recorded, index), outcome, details });
    }
    return outcomes;
  },
};
