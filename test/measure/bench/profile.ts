import { freePort } from "../../support/free_port.ts";
import { HOST } from "../../support/restartable_server.ts";
import { type Scene, startService } from "./contenders.ts";
import { type ProfilePart, partsOf, profileNode } from "./cpu_profile.ts";
import { runLoad } from "./load.ts";

/** The cost of a show, by part. */
export interface ProfileResult {
  readonly connections: number;
  readonly parts: readonly ProfilePart[];
}

/** Profiles the service while it answers shows. */
export async function measureProfile(
  scene: Scene,
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
  log: (line: string) => void,
): Promise<ProfileResult> {
  const inspector = `${HOST}:${await freePort()}`;
  const { url, operations } = await startService(scene, { nodeArgs: [`--inspect=${inspector}`] });
  const load = () => runLoad(url, connections, seconds, operations.show ?? (() => []));
  await load();
  let requests = 0;
  const profile = await profileNode(inspector, async () => {
    ({ requests } = await load());
  });
  const parts = partsOf(profile, requests);
  for (const { part, ms } of parts) log(`${part}: ${ms.toFixed(3)} ms`);
  return { connections, parts };
}
