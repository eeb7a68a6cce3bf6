import type { Caller } from "./connection.ts";
import { OLDER_PATH } from "./session.ts";
import { versions } from "./shapes.ts";
import { NotJudged } from "./violations.ts";

/**
 * Returns the minor number of the newest microversion: by the list of versions, or by a request at the latest one.
 *
 * @throws NotJudged if the endpoint is not the API of version 3
 */
export async function newestMicroversion(caller: Caller): Promise<number> {
  for (const path of ["/", "/v3/"]) {
    const answer = await caller.send({ path, version: null });
    const found = versions.safeParse(answer.json).data?.versions.find(({ id }) => id.startsWith("v3"));
    const minor = minorOf(found?.version);
    if (minor !== undefined) return minor;
  }
  const { status, headers } = await caller.send({ path: OLDER_PATH, version: "volume latest" });
  const minor = minorOf(headers.get("openstack-api-version")?.replace(/^volume /, ""));
  if (minor !== undefined) return minor;
  throw new NotJudged(
    status === 401
      ? "it refuses the token of --token with 401"
      : "it is not the Block Storage API: it names no version 3",
  );
}

const minorOf = (version: string | undefined): number | undefined => {
  const [, minor] = /^3\.(\d+)$/.exec(version ?? "") ?? [];
  return minor === undefined ? undefined : Number(minor);
};

/**
 * Asserts that the endpoint takes a token.
 *
 * @param flag the option of the token
 * @throws NotJudged if it does not
 */
export async function assertToken(caller: Caller, flag: string): Promise<void> {
  const { status, text } = await caller.get("volumes?limit=1");
  if (status === 401) throw new NotJudged(`it refuses the token of ${flag} with 401: get a new one`);
  if (status !== 200)
    throw new NotJudged(
      `for ${flag} and the project ${caller.project} it lists no volumes: ${status} ${text}`,
    );
}

/**
 * Asserts that a token is that of a member. An admin sees what other projects have.
 *
 * @throws NotJudged if it is not
 */
export async function assertMember(caller: Caller, otherProject: string, flag: string): Promise<void> {
  await assertToken(caller, flag);
  const { status } = await caller.get(`os-quota-sets/${otherProject}`);
  if (status === 200) throw new NotJudged(`the token of ${flag} is an admin's: it must be a member's`);
}
