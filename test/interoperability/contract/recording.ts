import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { HEADERS, linkQueries, REQUEST_IDS, type Recorded } from "./compare.ts";
import type { Exchange, Session } from "./session.ts";

/** The exchanges of each scenario. */
export type Recording = Readonly<Record<string, readonly Recorded[]>>;

/** The newest microversion of each version of Cinder. */
export const NEWEST = { "21.3": "3.70", "29.0": "3.71" } as const;

/** The version of a Cinder, as in the name of its recording. */
const fileOf = (version: string): string => path.join(import.meta.dirname, `cinder-${version}.json`);

/** Reads the recording of a version of Cinder. */
export function readRecording(version: string): Recording {
  return JSON.parse(readFileSync(fileOf(version), "utf8"));
}

/** Writes the recording of a version of Cinder. */
export function writeRecording(version: string, recording: Recording): void {
  writeFileSync(fileOf(version), `${JSON.stringify(recording, null, 1)}\n`);
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?/g;
const REQUEST_ID = /req-<uuid\d+>/g;
/** Properties whose values differ from one run to the next, or from one installation to the next. */
const PROPERTIES: Readonly<Record<string, string>> = {
  auth_key: "<auth_key>",
  "os-vol-host-attr:host": "<host>",
};

/**
 * Returns the exchanges of a session in the form of a recording. Placeholders replace what differs from one run to the
 * next: ids (numbered in the order in which they appear), times, keys, request ids, projects and the address.
 */
export function recordSession({ names, log }: Pick<Session, "names" | "log">): Recorded[] {
  const placeholders = new Placeholders(names);
  return log.map((exchange) => recordExchange(exchange, placeholders));
}

function recordExchange(
  { label, options, status, headers, body }: Exchange,
  placeholders: Placeholders,
): Recorded {
  const { as = "alpha", method = "GET", mv, version = mv, raw = null, better } = options;
  const { setup = false, exact = false, loose = false, shape = false } = options;
  return {
    label: placeholders.text(label),
    ...{ setup, exact, loose, shape },
    ...(better && { better }),
    request: {
      as,
      method,
      path: placeholders.text(options.path),
      mv: version ?? null,
      body: placeholders.value(options.body === undefined ? raw : options.body),
    },
    response: { status, headers: recordHeaders(headers), body: placeholders.value(body) },
  };
}

function recordHeaders(headers: Headers): Record<string, string | null> {
  const present = HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value ? [[name, name === "content-type" ? value.split(";")[0] : value]] : [];
  });
  const ids = REQUEST_IDS.map((name) => [name, headers.has(name) ? "<req>" : null]);
  return Object.fromEntries([...present, ...ids]);
}

/** The placeholders of a session. The same value has the same placeholder throughout. */
class Placeholders {
  readonly #names: Map<string, string>;
  #uuids = 0;

  /** @param names the values of the placeholders that have a name */
  constructor(names: Readonly<Record<string, string>>) {
    this.#names = new Map(Object.entries(names).map(([name, value]) => [value, `<${name}>`]));
  }

  /** Replaces what differs in a text. */
  text(text: string): string {
    let replaced = text;
    for (const [value, name] of this.#names) replaced = replaced.replaceAll(value, name);
    return replaced
      .replace(UUID, (uuid) => this.#numbered(uuid.toLowerCase()))
      .replace(TIME, "<time>")
      .replace(REQUEST_ID, "<req>");
  }

  /** Replaces what differs in a JSON value. */
  value(found: unknown, property = ""): unknown {
    const value = property === "transfers_links" ? linkQueries(found) : found;
    const placeholder = PROPERTIES[property];
    if (typeof value === "string" && value !== "" && placeholder !== undefined) {
      // Cinder repeats a rejected body in the message of the fault.
      if (property === "auth_key" && /^[0-9a-f]{16}$/.test(value)) this.#names.set(value, placeholder);
      return placeholder;
    }
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item: unknown) => this.value(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.value(member, name)]),
    );
  }

  #numbered(uuid: string): string {
    const name = this.#names.get(uuid) ?? `<uuid${++this.#uuids}>`;
    this.#names.set(uuid, name);
    return name;
  }
}

/** Returns where a new recording differs from an older one, a line for each value. */
export function compareRecordings(before: Recording, after: Recording): string[] {
  const scenarios = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...scenarios].flatMap((scenario) => {
    const [old, current] = [before[scenario], after[scenario]];
    if (old === undefined) return [`${scenario}: new`];
    if (current === undefined) return [`${scenario}: removed`];
    const count = Math.max(old.length, current.length);
    return Array.from({ length: count }, (_, i) => {
      const label = (current[i] ?? old[i])?.label;
      return valueDifferences(old[i], current[i]).map((line) => `${scenario} › ${label}${line}`);
    }).flat();
  });
}

function valueDifferences(before: unknown, after: unknown, at = ""): string[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      valueDifferences(Reflect.get(before, name), Reflect.get(after, name), `${at} ${name}`),
    );
  }
  const [old, current] = [JSON.stringify(before), JSON.stringify(after)];
  return old === current ? [] : [`${at}: ${current}, not ${old}`];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
