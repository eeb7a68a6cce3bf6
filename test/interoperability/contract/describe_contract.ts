import { afterAll, describe, expect, it } from "vitest";
import { differences, type Recorded } from "./compare.ts";
import { NEWEST, type Recording, readRecording } from "./recording.ts";
import { scenarios } from "./scenarios.mjs";
import { Session } from "./session.ts";

/** Returns the exchanges of a recording that are compared: those of `setup` only prepare. */
const comparedExchanges = (version: string): Recording =>
  Object.fromEntries(
    Object.entries(readRecording(version)).map(([name, exchanges]) => [
      name,
      exchanges.filter(({ setup }) => !setup),
    ]),
  );

const VERSIONS = ["21.3", "29.0"] as const;
const RECORDINGS = VERSIONS.map((version) => [version, comparedExchanges(version)] as const);

type Version = (typeof VERSIONS)[number];

/** Returns whether a request has a microversion that only a later Cinder knows. What this one responds says nothing. */
const isBeyond = (version: Version, { request: { mv } }: Recorded): boolean =>
  mv === NEWEST["29.0"] && mv !== NEWEST[version];

/** Sends the requests of a scenario. */
async function run(name: string, url: string): Promise<Session> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const session = new Session(url);
  await scenario(session);
  return session;
}

/**
 * Compares the responses of a service with the recordings.
 *
 * @param name the name of the service in the output
 * @param url the URL of the service once it has started, without `/v3`
 * @param options.isCinder whether a Cinder answers: where the recording marks a better response, its own is as good
 * @param options.only compares with the recording of this version alone
 */
export function describeContract(
  name: string,
  url: () => string,
  { isCinder = false, only }: { readonly isCinder?: boolean; readonly only?: Version | undefined } = {},
): void {
  /** Each scenario runs once, and is compared with every recording. */
  const sessions = new Map<string, Promise<Session>>();
  const sessionOf = (name: string): Promise<Session> => {
    const session = sessions.get(name) ?? run(name, url());
    sessions.set(name, session);
    return session;
  };

  const recordings = RECORDINGS.filter(([version]) => only === undefined || version === only);
  describe.each(recordings)("responds as Cinder %s", (version, recording) => {
    const total = Object.values(recording).flat().length;
    let agreeing = 0;
    // Past vitest's capture of the console, which shows nothing of tests that pass.
    afterAll(() => {
      process.stdout.write(`Cinder ${version}, ${name}: ${agreeing} of ${total} exchanges agree\n`);
    });

    it("in the recorded scenarios, all of which are known here", () => {
      expect(Object.keys(recording).toSorted()).toEqual(Object.keys(scenarios).toSorted());
      expect(total).toBe(398);
    });

    it.concurrent.each(Object.keys(recording))("in %s", async (name) => {
      const session = await sessionOf(name);
      const recorded = recording[name] ?? [];
      const names = new Map(Object.entries(session.names));
      const compared = recorded.map((want, i) => {
        const got = session.exchanges[i];
        if (got !== undefined && isBeyond(version, want)) return [];
        const { better: _, ...asRecorded } = want;
        const better = got === undefined ? ["not reached"] : differences(want, got, names);
        const found =
          isCinder && got !== undefined && better.length > 0 ? differences(asRecorded, got, names) : better;
        return found.map((difference) => `${want.label}: ${difference}`);
      });
      agreeing += compared.filter((found) => found.length === 0).length;
      expect(compared.flat()).toEqual([]);
      expect(session.exchanges).toHaveLength(recorded.length);
    });
  });
}
