import { expectBody, expectFault, expectThat } from "./expect.ts";
import type { Session } from "./session.ts";
import { volume } from "./shapes.ts";

/** Asserts that a volume is available in one of the projects, and that the other does not find it. */
export async function expectOwner(
  session: Session,
  volume_id: string,
  project: "owner" | "other",
): Promise<void> {
  const [has, hasNot] = project === "owner" ? (["owner", "other"] as const) : (["other", "owner"] as const);
  const answer = await session[has].get(`volumes/${volume_id}`);
  const { status } = expectBody(answer, 200, volume).volume;
  expectThat(status === "available", "an available volume", answer);
  expectFault(await session[hasNot].get(`volumes/${volume_id}`), 404);
}
