import * as z from "zod";

/** The two of the demo: with AUTH_STRATEGY=noauth a token is `user:project`. */
const GIVER = { token: "alice:alpha", project: "alpha" };
const TAKER = { token: "bob:beta", project: "beta" };

const volume = z.object({ id: z.string(), name: z.string().nullable(), status: z.string() });
type Volume = z.output<typeof volume>;

/**
 * Puts volumes into the projects alpha and beta, and a snapshot into alpha, by way of the API. A project that
 * has volumes is left as it is.
 *
 * @param url the running service, which must have AUTH_STRATEGY=noauth
 * @returns what to print: how to hand over a volume, or why there is no such demo
 */
export async function prepareDemo(url: string): Promise<string> {
  try {
    if ((await volumesOf(url, GIVER)).length === 0) {
      const database = await create(url, GIVER, { name: "database", size: 3 });
      const snapshot = { volume_id: database.id, name: "database before the upgrade" };
      await call(url, GIVER, "snapshots", { snapshot });
      await create(url, GIVER, { name: "website", size: 1 });
    }
    if ((await volumesOf(url, TAKER)).length === 0) await create(url, TAKER, { name: "scratch", size: 1 });
    const available = (await volumesOf(url, GIVER)).findLast(({ status }) => status === "available");
    return available === undefined
      ? "There is no demo: alpha has no volume to offer."
      : handoff(url, available);
  } catch (error) {
    return `There is no demo: ${error instanceof Error ? error.message : error}`;
  }
}

/** The lines to paste into a shell, to hand a volume over. Not every shell takes a quote in a comment. */
function handoff(url: string, { id, name }: Volume): string {
  const alpha = `${url}/v3/${GIVER.project}`;
  const beta = `${url}/v3/${TAKER.project}`;
  const curl = (token: string) => `curl -sw '\\n' -H 'X-Auth-Token: ${token}'`;
  const headers = "-H 'OpenStack-API-Version: volume 3.57' -H 'Content-Type: application/json'";
  return `
Hand the volume "${name ?? id}" over, from project alpha to project beta:

# the volumes of alpha
${curl(GIVER.token)} ${alpha}/volumes
# alice offers one; the answer has the auth_key, this once
offer=$(${curl(GIVER.token)} ${headers} \\
  -d '{"transfer": {"volume_id": "${id}", "name": "handoff"}}' \\
  ${alpha}/volume-transfers); echo "$offer"
# bob accepts it, with the auth_key that alice told him
${curl(TAKER.token)} ${headers} \\
  -d '{"accept": {"auth_key": "'$(node -p "($offer).transfer.auth_key")'"}}' \\
  ${beta}/volume-transfers/$(node -p "($offer).transfer.id")/accept
# the volume is in beta now
${curl(TAKER.token)} ${beta}/volumes/${id}
`;
}

async function volumesOf(url: string, who: typeof GIVER): Promise<Volume[]> {
  return z.object({ volumes: z.array(volume) }).parse(await call(url, who, "volumes/detail")).volumes;
}

async function create(
  url: string,
  who: typeof GIVER,
  wanted: { name: string; size: number },
): Promise<Volume> {
  return z.object({ volume }).parse(await call(url, who, "volumes", { volume: wanted })).volume;
}

/** Calls the API: POST if there is a body, or else GET. */
async function call(url: string, who: typeof GIVER, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/v3/${who.project}/${path}`, {
    headers: { "X-Auth-Token": who.token, "Content-Type": "application/json" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
