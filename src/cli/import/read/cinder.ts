import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { MAX_MICROVERSION, versionString } from "../../../http/microversions.ts";
import { CliError } from "../../errors.ts";
import { printable } from "../../printable.ts";
import { COLLECTIONS, parseItem, parseType } from "./answers.ts";
import type { Item, TypeRecord } from "./records.ts";

/** The items of a page. Cinder's own limit, `osapi_max_limit`, is the same unless it is configured. */
const PAGE_LIMIT = 1000;
const TIMEOUT_MS = 120_000;
const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 1000;

/** A Cinder, and who asks it. */
export interface CinderAccess {
  /** The URL of the API with the version and the project, such as `https://cinder.example/v3/PROJECT_ID`. */
  readonly url: string;
  /** A token of Keystone. */
  readonly token: string;
}

/**
 * Reads the access to a Cinder from the option `--from` and the environment.
 *
 * @throws CliError that names the variable that is missing
 */
export function cinderAccess(
  from: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): CinderAccess {
  const { OS_TOKEN: token, OS_PROJECT_ID: project } = environment;
  if (!URL.canParse(from) || !/^https?:$/.test(new URL(from).protocol)) {
    throw new CliError(
      `--from must be the URL of a Cinder, such as https://cinder.example:8776, not "${from}".`,
    );
  }
  if (!token) {
    throw new CliError(
      "OS_TOKEN must be set: OS_TOKEN=$(openstack token issue -f value -c id), as an admin.",
    );
  }
  const base = from.replace(/\/+$/, "");
  if (/\/v3\/[^/]+$/.test(base)) return { url: base, token };
  if (!project) {
    throw new CliError(
      "OS_PROJECT_ID must be set to the project of the token: OS_PROJECT_ID=$(openstack token issue -f value -c project_id).",
    );
  }
  return { url: `${/\/v3$/.test(base) ? base : `${base}/v3`}/${project}`, token };
}

/**
 * Reads the types, volumes and snapshots of all projects of a running Cinder, page by page.
 *
 * @param onItems called with the number of volumes and snapshots of each page
 * @throws CliError if Cinder cannot be reached, rejects the token, or responds with something else
 */
export async function* readCinder(
  access: CinderAccess,
  onItems: (items: number) => void,
): AsyncGenerator<Item> {
  const cinder = new Client(access, await newestMicroversion(access));
  for await (const page of cinder.pages("volume_types", "types?is_public=None")) {
    for (const value of page)
      yield { kind: "type", record: await completeType(cinder, parseType(value, cinder.url)) };
  }
  for (const collection of ["volumes", "snapshots"] as const) {
    const path = `${collection}/detail?all_tenants=1&sort=created_at:asc,id:asc`;
    for await (const page of cinder.pages(collection, path)) {
      if (collection === "volumes" && page.some((value) => !Object.hasOwn(value, HOST_FIELD))) {
        throw noAdmin(`${cinder.url} shows no hosts of volumes`);
      }
      for (const value of page) yield parseItem(COLLECTIONS[collection], value, cinder.url);
      onItems(page.length);
    }
  }
}

/** A field that Cinder shows to admins alone. */
const HOST_FIELD = "os-vol-host-attr:host";

/** To others Cinder shows neither the volumes of all projects nor how types are encrypted. */
const noAdmin = (sign: string): CliError =>
  new CliError(`${sign}: the token is not an admin's. Set OS_TOKEN to one of an admin.`);

const versions = z.object({ versions: z.array(z.object({ id: z.string(), version: z.string() })) });

/** Returns the newest microversion that Cinder and this service have: newer ones show more. */
async function newestMicroversion({ url, token }: CinderAccess): Promise<string> {
  const root = url.replace(/[^/]+$/, "");
  const answer = versions.safeParse(await new Client({ url: root, token }, undefined).get(root));
  const version = answer.data?.versions.find(({ id }) => id.startsWith("v3"))?.version ?? "";
  const [, minor] = /^3\.(\d+)$/.exec(version) ?? [];
  if (minor === undefined) {
    throw new CliError(`${root} is not the API of a Cinder: it names no version 3. Check --from.`);
  }
  return versionString(Math.min(Number(minor), MAX_MICROVERSION));
}

/** Cinder shows an empty object for a type that is not encrypted. */
const encryption = z.union([
  z.strictObject({}).transform(() => null),
  z.object({
    encryption_id: z.string(),
    provider: z.string(),
    control_location: z.enum(["front-end", "back-end"]),
    cipher: z.string().nullable().default(null),
    key_size: z.int().nullable().default(null),
  }),
]);
const accessList = z.object({ volume_type_access: z.array(z.object({ project_id: z.string() })) });

/** Adds the encryption of a type, and the projects that may use it. */
async function completeType(cinder: Client, type: TypeRecord): Promise<TypeRecord> {
  const { id, details } = type;
  if (id === null || details === null) return type;
  const found = (await cinder.find(`types/${id}/encryption`, encryption)) ?? null;
  const access =
    details.is_public === true
      ? undefined
      : await cinder.find(`types/${id}/os-volume-type-access`, accessList);
  const projects = access?.volume_type_access.map(({ project_id }) => project_id);
  return { ...type, encrypted: found !== null, details: { ...details, encryption: found, projects } };
}

const item = z.looseObject({ id: z.string() });
const nextLinks = z.array(z.object({ rel: z.string(), href: z.string() })).optional();

/** Sends requests to a Cinder. */
class Client {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, token }: CinderAccess, microversion: string | undefined) {
    this.url = url;
    this.#headers = {
      "X-Auth-Token": token,
      Accept: "application/json",
      ...(microversion !== undefined && { "OpenStack-API-Version": `volume ${microversion}` }),
    };
  }

  /** Reads a list page by page: by the link to the next page, or else by the marker while a page is full. */
  async *pages(collection: string, path: string): AsyncGenerator<readonly z.output<typeof item>[]> {
    const first = new URLSearchParams(path.slice(path.indexOf("?")));
    first.set("limit", String(PAGE_LIMIT));
    const resource = path.slice(0, path.indexOf("?"));
    for (let query: URLSearchParams | undefined = first; query !== undefined; ) {
      const url = `${this.url}/${resource}?${query}`;
      const answer = z.record(z.string(), z.unknown()).safeParse(await this.get(url)).data ?? {};
      const page = z.array(item).safeParse(answer[collection]);
      if (!page.success) throw new CliError(`${url}: the response has no list of "${collection}".`);
      yield page.data;
      const next = nextQuery(answer, collection, query, page.data);
      if (next?.get("marker") === query.get("marker")) return;
      query = next;
    }
  }

  /**
   * Reads something that may not exist.
   *
   * @returns undefined if it does not exist
   * @throws CliError for a response that does not match the schema, so that it does not count as an empty list
   */
  async find<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const url = `${this.url}/${path}`;
    const answer = await this.get(url, [404]);
    if (answer === undefined) return undefined;
    const { data, error } = schema.safeParse(answer);
    if (error) throw new CliError(`${url}: the response is not one of Cinder: ${z.prettifyError(error)}`);
    return data;
  }

  /**
   * @param absent the statuses for which the result is undefined
   * @throws CliError for another status, or without a response after some attempts
   */
  async get(url: string, absent: readonly number[] = []): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(url, {
          headers: this.#headers,
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (response.ok) return await response.json();
        if (absent.includes(response.status)) return undefined;
        if (response.status < 500 && response.status !== 429)
          throw rejection(url, response.status, await response.text());
        if (attempt === MAX_ATTEMPTS) throw rejection(url, response.status, await response.text());
      } catch (error) {
        if (error instanceof CliError) throw error;
        if (attempt === MAX_ATTEMPTS)
          throw new CliError(`${url} cannot be read: ${formatNetworkError(error)}`);
      }
      await sleep(RETRY_DELAY_MS * attempt);
    }
  }
}

/** Returns the query of the next page; undefined if this page is the last. */
function nextQuery(
  answer: Readonly<Record<string, unknown>>,
  collection: string,
  query: URLSearchParams,
  page: readonly z.output<typeof item>[],
): URLSearchParams | undefined {
  const last = page.at(-1);
  if (last === undefined) return undefined;
  const links =
    nextLinks.safeParse(answer[`${collection.replace(/s$/, "")}_links`]).data ??
    nextLinks.safeParse(answer[`${collection}_links`]).data;
  const href = links?.find(({ rel }) => rel === "next")?.href;
  // Its host can be one that only Cinder itself knows.
  if (href !== undefined) return new URLSearchParams(href.slice(href.indexOf("?")));
  if (page.length < PAGE_LIMIT) return undefined;
  const next = new URLSearchParams(query);
  next.set("marker", last.id);
  return next;
}

function rejection(url: string, status: number, body: string): CliError {
  if (status === 401) {
    return new CliError(
      `${url}: Cinder rejected the token (401). Set OS_TOKEN to a new one, and run the import again: it goes on.`,
    );
  }
  if (status === 403) return noAdmin(`${url}: Cinder responded with 403`);
  return new CliError(`${url}: Cinder responded with ${status}: ${printable(body)}`);
}

const formatNetworkError = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
