import * as z from "zod";

/** A user of the demo. With AUTH_STRATEGY=noauth a token is `user:project`. */
interface User {
  readonly token: string;
  readonly project: string;
}

const ALICE: User = { token: "alice:alpha", project: "alpha" };
const BOB: User = { token: "bob:beta", project: "beta" };

const volume = z.object({ id: z.string(), name: z.string().nullable(), status: z.string() });
type Volume = z.output<typeof volume>;

/**
 * Creates volumes in the projects alpha and beta, and a snapshot in alpha, through the API. A project that has
 * volumes is not changed.
 *
 * @param url the URL of the running service, which must have AUTH_STRATEGY=noauth
 * @returns the commands of a transfer to print, or why there are none
 */
export async function prepareDemo(url: string): Promise<string> {
  try {
    if ((await listVolumes(url, ALICE)).length === 0) {
      const database = await createVolume(url, ALICE, { name: "database", size: 3 });
      const snapshot = { volume_id: database.id, name: "database before the upgrade" };
      await call(url, ALICE, "snapshots", { snapshot });
      await createVolume(url, ALICE, { name: "website", size: 1 });
    }
    if ((await listVolumes(url, BOB)).length === 0)
      await createVolume(url, BOB, { name: "scratch", size: 1 });
    const available = (await listVolumes(url, ALICE)).findLast(({ status }) => status === "available");
    return available === undefined
      ? "There is no demo: project alpha has no available volume."
      : formatDemo(url, available);
  } catch (error) {
    return `There is no demo: ${error instanceof Error ? error.message : error}`;
  }
}

/** Returns shell commands that transfer a volume. Their comments contain no quotes: some shells parse them. */
function formatDemo(url: string, { id, name }: Volume): string {
  const alpha = `${url}/v3/${ALICE.project}`;
  const beta = `${url}/v3/${BOB.project}`;
  const curl = ({ token }: User) => `curl -sw '\\n' -H 'X-Auth-Token: ${token}'`;
  const headers = "-H 'OpenStack-API-Version: volume 3.57' -H 'Content-Type: application/json'";
  return `
In a browser: open ${url}/handoff and sign in as alice of project alpha, in a private window as bob of project beta.
In a terminal: transfer the volume "${name ?? id}" from project alpha to project beta:

# list the volumes of alpha
${curl(ALICE)} ${alpha}/volumes
# alice creates a transfer; only this response contains the auth_key
transfer=$(${curl(ALICE)} ${headers} \\
  -d '{"transfer": {"volume_id": "${id}", "name": "handoff"}}' \\
  ${alpha}/volume-transfers); echo "$transfer"
# bob accepts the transfer with its id and auth_key
${curl(BOB)} ${headers} \\
  -d '{"accept": {"auth_key": "'$(node -p "($transfer).transfer.auth_key")'"}}' \\
  ${beta}/volume-transfers/$(node -p "($transfer).transfer.id")/accept
# the volume belongs to beta
${curl(BOB)} ${beta}/volumes/${id}
`;
}

async function listVolumes(url: string, user: User): Promise<Volume[]> {
  return z.object({ volumes: z.array(volume) }).parse(await call(url, user, "volumes/detail")).volumes;
}

async function createVolume(
  url: string,
  user: User,
  request: { readonly name: string; readonly size: number },
): Promise<Volume> {
  return z.object({ volume }).parse(await call(url, user, "volumes", { volume: request })).volume;
}

/** Sends a request to the API: POST with a body, GET without. */
async function call(url: string, user: User, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/v3/${user.project}/${path}`, {
    headers: { "X-Auth-Token": user.token, "Content-Type": "application/json" },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
