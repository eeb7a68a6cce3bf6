import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { runCommand } from "../../support/command.ts";
import { startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { BlockStorage } from "../cinder/block_storage.ts";
import { DEFAULT_VERSION, installCinder } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";
import { type FilledCinder, fillCinder } from "./fill_cinder.ts";

// npm run test:import: imports a real Cinder, and compares what both show.

/** Each microversion at which more fields are shown. */
const MICROVERSIONS = ["3.0", "3.13", "3.14", "3.21", "3.41", "3.48", "3.61", "3.63", "3.65", "3.71"];

const resource = z.looseObject({ id: z.string() });
type Resource = z.output<typeof resource>;
const answer = z.record(z.string(), z.unknown());
const quotaSet = z.object({ quota_set: z.record(z.string(), z.unknown()) });

const processes = new Processes((failure) => console.error(failure.message));
let cinder: FilledCinder;
let service: Awaited<ReturnType<typeof startLibsqlService>>;
const runImport = (...args: readonly string[]) =>
  runCommand("import", ["--from", cinder.admin.url, ...args], {
    LIBSQL_URL: service.databaseUrl,
    OS_TOKEN: `tester:${cinder.admin.project}:admin`,
    OS_PROJECT_ID: cinder.admin.project,
  });

beforeAll(async () => {
  // A Cinder that is running already saves its start.
  const url = process.env.CINDER_URL?.replace(/\/$/, "");
  const running = url || (await startCinder(await installCinder(DEFAULT_VERSION, processes), processes)).url;
  [cinder, service] = await Promise.all([
    fillCinder(running),
    startLibsqlService({ AUTH_STRATEGY: "noauth", ...NO_QUOTA }),
  ]);
});
afterAll(async () => {
  await service?.stop();
  await processes.stop();
});

/** Reads a list, without the links: they have the address of the one who responds. */
async function list(client: BlockStorage, collection: string, path: string): Promise<Resource[]> {
  const { [collection]: resources } = answer.parse(await client.get(path));
  return z
    .array(resource)
    .parse(resources)
    .map(({ links: _, ...fields }) => fields as Resource);
}

/** Returns a client for each of the two that are compared. */
const both = (project: string, roles: string, microversion: string) =>
  [cinder.admin.url, service.url].map((url) => new BlockStorage(url, project, roles, microversion));

/** Returns each field of each resource, by the id and the name. */
const fieldsOf = (resources: readonly Resource[]): Record<string, unknown> =>
  Object.fromEntries(
    resources.flatMap(({ id, ...fields }) =>
      Object.entries(fields).map(([name, value]) => [`${id} ${name}`, value] as const),
    ),
  );

describe("npm run import -- --from, of a real Cinder", () => {
  it("imports every volume and snapshot", async () => {
    const { code, output } = await runImport();
    expect(output).not.toContain("notice");
    expect(code).toBe(0);
    for (const collection of ["volumes", "snapshots"]) {
      const path = `${collection}?all_tenants=1`;
      const [theirs = [], ours = []] = await Promise.all(
        both(cinder.admin.project, "admin", "3.71").map((client) => list(client, collection, path)),
      );
      expect(theirs.length).toBeGreaterThan(2);
      // In the same order: the newest first.
      expect(ours.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
    }
  });

  it.each(MICROVERSIONS)(
    "shows every field of every volume and snapshot as Cinder does, at %s",
    async (version) => {
      let compared = 0;
      for (const collection of ["volumes", "snapshots"]) {
        for (const [project, roles, query] of [
          [cinder.admin.project, "admin", "?all_tenants=1"],
          ...cinder.projects.map((project) => [project, "member,reader", ""] as const),
        ] as const) {
          const [theirs = {}, ours = {}] = await Promise.all(
            both(project, roles, version).map(async (client) =>
              fieldsOf(await list(client, collection, `${collection}/detail${query}`)),
            ),
          );
          expect(ours).toEqual(theirs);
          compared += Object.keys(theirs).length;
        }
      }
      expect(compared).toBeGreaterThan(200);
      console.log(`${version}: ${compared} fields of volumes and snapshots compared, 0 differ`);
    },
  );

  it("has the types, their extra specs, encryption and access lists", async () => {
    const [cinders, ours] = both(cinder.admin.project, "admin", "3.71");
    if (cinders === undefined || ours === undefined) throw new Error("unreachable");
    const types = await list(cinders, "volume_types", "types?is_public=None");
    const here = await list(ours, "volume_types", "types?is_public=None");
    // The type LUKS of the service's own remains.
    expect(here).toEqual(expect.arrayContaining(types));
    for (const { id, is_public } of types) {
      const encryption = z.looseObject({ created_at: z.unknown(), updated_at: z.unknown() }).partial();
      const [theirs, own] = await Promise.all(
        [cinders, ours].map(async (client) => encryption.parse(await client.get(`types/${id}/encryption`))),
      );
      expect({ ...own, created_at: null, updated_at: null }).toEqual({
        ...theirs,
        created_at: null,
        updated_at: null,
      });
      if (is_public === true) continue;
      const path = `types/${id}/os-volume-type-access`;
      expect(await ours.get(path)).toEqual(await cinders.get(path));
    }
  });

  it("has the usage of every project", async () => {
    for (const project of cinder.projects) {
      const [theirs = {}, ours = {}] = await Promise.all(
        both(cinder.admin.project, "admin", "3.71").map(async (client) => {
          const { quota_set } = quotaSet.parse(await client.get(`os-quota-sets/${project}?usage=true`));
          return Object.fromEntries(
            Object.entries(quota_set).flatMap(([name, value]) => {
              const { in_use } = z.object({ in_use: z.number() }).partial().safeParse(value).data ?? {};
              return /^(volumes|gigabytes|snapshots)/.test(name) && in_use ? [[name, in_use]] : [];
            }),
          );
        }),
      );
      expect(Object.keys(theirs).length).toBeGreaterThan(3);
      expect(ours).toEqual(theirs);
    }
  });

  it("leaves a consistent database", async () => {
    const { code, output } = await runCommand("fsck", ["--strict"], { LIBSQL_URL: service.databaseUrl });
    expect(output).toContain("is consistent");
    expect(code).toBe(0);
  });

  it("changes nothing when it is repeated", async () => {
    const { code, output } = await runImport();
    expect(output).toMatch(/volumes: 0 created, 0 updated, [1-9]\d* unchanged/);
    expect(output).toMatch(/snapshots: 0 created, 0 updated, [1-9]\d* unchanged/);
    expect(code).toBe(0);
  });

  it("is refused with a message if Cinder rejects the token", async () => {
    const { code, output } = await runCommand(
      "import",
      ["--from", `${cinder.admin.url}/v3/${cinder.admin.project}`],
      {
        LIBSQL_URL: service.databaseUrl,
        OS_TOKEN: "none",
      },
    );
    expect(output).toContain("Cinder rejected the token (401). Set OS_TOKEN to a new one");
    expect(code).toBe(1);
  });
});
