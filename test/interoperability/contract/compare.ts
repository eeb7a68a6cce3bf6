import type { Exchange } from "./session.ts";

/** A recorded exchange with Cinder, in which ids, times, keys and addresses are placeholders. */
export interface Recorded {
  label: string;
  setup?: boolean;
  exact?: boolean;
  loose?: boolean;
  shape?: boolean;
  better?: { status: number; fault?: string };
  request: { as: string; method: string; path: string; mv: string | null; body: unknown };
  response: { status: number; headers: Record<string, string | null>; body: unknown };
}

/** The values of the placeholders of a scenario. The same placeholder has the same value throughout. */
export type Names = Map<string, string>;

export const HEADERS = ["content-type", "openstack-api-version", "vary", "retry-after", "allow"];
export const REQUEST_IDS = ["x-openstack-request-id", "x-compute-request-id"];
const PLACEHOLDER = /<(uuid\d+|alpha|beta|admin|base|time|auth_key|host|req)>/;
const FORMS: Record<string, string> = {
  uuid: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
  time: "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}",
  auth_key: "[0-9a-z]{16}",
  req: "req-[0-9a-f-]{36}",
};

/**
 * Compares a response with the recorded one: the status, the headers and the body of a success, and the key, the code
 * and, if the scenario says `exact`, the message of a fault.
 *
 * @returns the differences
 */
export function differences(want: Recorded, got: Exchange, names: Names): string[] {
  const { status, headers, body } = want.response;
  if (want.better) {
    const found: string[] = [];
    if (got.status !== want.better.status) found.push(`status ${got.status}, not ${want.better.status}`);
    if (want.better.fault && !hasFault(got.body, want.better.fault))
      found.push(`no fault ${want.better.fault}`);
    return found;
  }
  const found =
    got.status === status ? [] : [`status ${got.status}, not ${status}: ${JSON.stringify(got.body)}`];
  found.push(...headerDifferences(headers, got, isObject(body)));
  if (status >= 400) return [...found, ...faultDifferences(want, got, names)];
  if (want.shape) return [...found, ...shapeDifferences(body, got.body)];
  if (!want.loose && !matches(body, got.body, names)) {
    found.push(`body ${JSON.stringify(got.body)}, not ${JSON.stringify(body)}`);
  }
  return found;
}

function headerDifferences(want: Recorded["response"]["headers"], got: Exchange, hasBody: boolean): string[] {
  const found: string[] = [];
  for (const name of HEADERS) {
    if (name === "content-type" && !hasBody) continue;
    const wanted = want[name] ?? null;
    const given = got.headers.get(name)?.split(";")[0] ?? null;
    const listed = name === "vary" && wanted !== null && given?.split(", ").includes(wanted);
    if (given !== wanted && !listed) found.push(`header ${name}: ${given}, not ${wanted}`);
  }
  for (const name of REQUEST_IDS) {
    if (got.headers.has(name) !== (want[name] !== null))
      found.push(`header ${name}: ${got.headers.get(name)}`);
  }
  return found;
}

function faultDifferences({ response, exact }: Recorded, got: Exchange, names: Names): string[] {
  // Cinder returns HTML for some unknown paths. This service returns faults, which other tests check.
  if (!isObject(response.body)) return [];
  const [name = "", fault] = Object.entries(response.body)[0] ?? [];
  if (!hasFault(got.body, name)) return [`fault ${JSON.stringify(got.body)}, not ${name}`];
  const given = got.body[name];
  if (!isObject(fault) || !isObject(given) || given.code !== fault.code)
    return [`code of ${JSON.stringify(given)}`];
  if (exact && !matches(fault.message, given.message, names))
    return [`message ${given.message}, not ${fault.message}`];
  return [];
}

const hasFault = (body: unknown, name: string): body is Record<string, unknown> =>
  isObject(body) && Object.keys(body).length === 1 && name in body;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns whether a value is the recorded one, with a value in the place of each placeholder. */
function matches(want: unknown, got: unknown, names: Names): boolean {
  if (typeof want === "string") return typeof got === "string" && textMatches(want, got, names);
  if (Array.isArray(want)) {
    return (
      Array.isArray(got) && want.length === got.length && want.every((one, i) => matches(one, got[i], names))
    );
  }
  if (!isObject(want)) return want === got;
  if (!isObject(got) || Object.keys(want).length !== Object.keys(got).length) return false;
  return Object.entries(want).every(([name, value]) =>
    matches(value, name === "transfers_links" ? linkQueries(got[name]) : got[name], names),
  );
}

/** Returns the queries of the links to the next page: the recording has nothing else of them. */
export const linkQueries = (links: unknown): unknown =>
  Array.isArray(links)
    ? links.map(({ rel, href }) => ({
        rel,
        query: [...new URL(href).searchParams]
          .map((pair) => pair.join("="))
          .sort()
          .join("&"),
      }))
    : links;

function textMatches(want: string, got: string, names: Names): boolean {
  const parts = want.split(new RegExp(PLACEHOLDER, "g"));
  const placeholders = parts.filter((_, i) => i % 2 === 1);
  const pattern = parts.map((part, i) => {
    if (i % 2 === 0) return literally(part);
    const known = names.get(part);
    return `(${known === undefined ? (FORMS[part.replace(/\d+$/, "")] ?? ".+") : literally(known)})`;
  });
  const found = new RegExp(`^${pattern.join("")}$`, "s").exec(got);
  if (found === null) return false;
  return placeholders.every((name, i) => {
    const value = found[i + 1] ?? "";
    if (!name.startsWith("uuid")) return true;
    const other = [...names].some(([known, taken]) => known !== name && taken === value);
    names.set(name, names.get(name) ?? value);
    return !other && names.get(name) === value;
  });
}

/** Returns the type of the value at each path of a JSON value. The items of a list share a path. */
function shapeOf(value: unknown, path = "", shape = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    shape.set(path, "list");
    for (const item of value) shapeOf(item, `${path}[]`, shape);
  } else if (isObject(value)) {
    shape.set(path, "object");
    for (const [name, member] of Object.entries(value)) shapeOf(member, `${path}.${name}`, shape);
  } else shape.set(path, value === null ? "null" : typeof value);
  return shape;
}

function shapeDifferences(want: unknown, got: unknown): string[] {
  const wanted = shapeOf(want);
  const given = shapeOf(got);
  return [
    ...[...wanted.keys()].filter((path) => !given.has(path)).map((path) => `no ${path}`),
    ...[...given.keys()].filter((path) => !wanted.has(path)).map((path) => `${path} is not Cinder's`),
    ...[...wanted]
      .filter(([path, type]) => {
        const other = given.get(path) ?? type;
        return other !== type && other !== "null" && type !== "null";
      })
      .map(([path, type]) => `${path} is ${given.get(path)}, not ${type}`),
  ];
}

/** Returns a pattern that matches the text alone. */
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
