/** A request of a test, and the status of its response. */
interface LoggedRequest {
  /** The class and the method of the test, such as `VolumesGetTest:test_volume_create_get_update_delete`. */
  readonly caller: string;
  readonly status: number;
  /** The parts of the API that the request uses. */
  readonly features: readonly string[];
}

/** A part of the API that refused every request of the run. */
export interface Refusal {
  readonly caller: string;
  readonly feature: string;
}

/**
 * Parts of the API that Tempest uses in refused requests alone, although they work, each with the test of the project
 * that shows it.
 */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  "POST snapshots with display_name": "test/service/snapshots.test.ts",
};

/**
 * Finds the tests that used a part of the API in which no request of the run succeeded. Such a test proves nothing: it
 * would pass with a service that lacks the part.
 *
 * @param log the log of Tempest at the level of debugging
 * @param url the URL of the service
 */
export function findRefusals(log: string, url: string): Refusal[] {
  const requests = [...parseLog(log, url)];
  const working = new Set([
    ...Object.keys(SHOWN_ELSEWHERE),
    ...requests.flatMap(({ status, features }) => (status < 400 ? features : [])),
  ]);
  const refusals = requests.flatMap(({ caller, features }) =>
    features.filter((feature) => !working.has(feature)).map((feature) => ({ caller, feature })),
  );
  return [...new Map(refusals.map((refusal) => [`${refusal.caller} ${refusal.feature}`, refusal])).values()];
}

/** The line of a request in the log, and the body that the next entry of the log contains. */
const ENTRY =
  /Request \((?<caller>[^)]+)\): (?<status>\d{3}) (?<method>[A-Z]+) (?<url>\S+)[^\n]*\n[^\n]*Request - Headers: [^\n]*\n {8}Body: (?<body>[^\n]*)/g;

function* parseLog(log: string, url: string): Generator<LoggedRequest> {
  for (const { groups } of log.matchAll(ENTRY)) {
    const { caller = "", status = "", method = "", url: requested = "", body = "" } = groups ?? {};
    if (!requested.startsWith(url)) continue;
    yield { caller, status: Number(status), features: featuresOf(method, new URL(requested), body) };
  }
}

/**
 * Returns the parts of the API that a request uses: the method and the kind of resource, or the name of an action;
 * each parameter of the query; and each member of the body of a new resource.
 */
function featuresOf(method: string, { pathname, searchParams }: URL, body: string): string[] {
  const [, , , collection = "", , sub] = pathname.split("/");
  const members = parseObject(body);
  const [outer = "", inner] = Object.entries(members)[0] ?? [];
  if (sub === "action") return [`${collection}: ${outer}`];
  const operation = `${method} ${sub === undefined ? collection : `${collection}/${sub}`}`;
  const created = method === "POST" && pathname.split("/").length === 4 ? parseObject(inner) : {};
  return [
    operation,
    ...[...searchParams.keys()].map((name) => `${operation} ?${name}`),
    ...Object.keys(created).map((name) => `${operation} with ${name}`),
  ];
}

/** Returns the members of an object, or of the JSON of one; none of other values. */
function parseObject(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  if (typeof value !== "string" || !value.startsWith("{")) return {};
  try {
    return JSON.parse(value);
  } catch {
    return {};
  }
}
