import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Shown, shownSnapshot, shownVolume, uuid } from "../../support/cinder_answers.ts";
import { Admin, Client } from "../../support/client.ts";
import { type CommandService, runCommand, startCommand } from "../../support/command.ts";
import { readFeed } from "../../support/feed.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { ALPHA, ATTACHMENT, BETA, GAMMA, SNAPSHOTS, VOLUMES } from "./saved_answers.ts";

/** `npm run dev` and each command on its database start wrangler. */
const TIMEOUT_MS = 300_000;

const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file, and returns its path. */
function write(name: string, ...documents: readonly unknown[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
  return file;
}

/** The id that the migrations give to the default type. */
const DEFAULT_TYPE_ID = "6d1a52c1-0f3c-4a52-9f2e-3c1f6f5a9b10";

/** Orders resources by id, and leaves out the links, which have the address of the service. */
const comparable = (resources: readonly { readonly id: string }[]) =>
  resources.map((each) => ({ ...each, links: undefined })).sort((a, b) => (a.id < b.id ? -1 : 1));

describe.each([
  ["serve", "file"],
  ["dev", "D1"],
] as const)(
  "npm run import, into the database of npm run %s",
  { timeout: TIMEOUT_MS },
  (command, database) => {
    const DATA_DIR = path.join(folder, command);
    let service: CommandService;
    let admin: Admin;
    const run = (...args: readonly string[]) => runCommand("import", args, { DATA_DIR });
    const list = async (collection: "volumes" | "snapshots", project: string) =>
      (await admin.get(`${collection}/detail?all_tenants=1&project_id=${project}`)).body[collection];
    const volumesOf = async (project: string) => comparable(await list("volumes", project));
    /** The type of the demo's volumes keeps its id. */
    const withTypeHere = (shown: Shown) =>
      database === "D1" && shown.volume_type === "__DEFAULT__"
        ? { ...shown, volume_type_id: DEFAULT_TYPE_ID }
        : shown;
    const isConsistent = async () => {
      const { code, output } = await runCommand("fsck", ["--strict"], { DATA_DIR });
      expect(output).toContain("is consistent");
      expect(code).toBe(0);
    };
    beforeAll(async () => {
      service = await startCommand(command, { ...NO_QUOTA, DATA_DIR });
      admin = new Admin(service.url);
    });
    afterAll(async () => {
      await service?.stop();
    });

    const saved = () =>
      write(`${command}.json`, { volumes: VOLUMES, volumes_links: [] }, { snapshots: SNAPSHOTS });

    if (database === "file") {
      it("changes nothing with --dry-run, and prints what it would do", async () => {
        const { code, output } = await run(saved(), "--dry-run");
        expect(output).toContain(
          `6 volumes and 3 snapshots would be imported into the database in ${DATA_DIR}`,
        );
        expect(output).toContain("volume types: 1 created, 1 updated, 0 unchanged");
        expect(output).toContain("volumes: 6 created, 0 updated, 0 unchanged");
        expect(output).toContain("snapshots: 3 created, 0 updated, 0 unchanged");
        expect(code).toBe(0);
        expect(await volumesOf(ALPHA)).toEqual([]);
      });
    }

    it("imports every field of volumes and snapshots in any state", async () => {
      const { code, output } = await run(saved());
      const target = database === "D1" ? "the D1 database in" : "the database in";
      expect(output).toContain(`6 volumes and 3 snapshots are in ${target} ${DATA_DIR}`);
      // A type gets the id that it has in Cinder, unless there are volumes of it, as those of the demo.
      const types = database === "D1" ? "0 updated, 1 unchanged" : "1 updated, 0 unchanged";
      expect(output).toContain(`volume types: 1 created, ${types}`);
      expect(output).toContain("volumes: 6 created, 0 updated, 0 unchanged");
      expect(code).toBe(0);
      for (const project of [ALPHA, BETA]) {
        const ofProject = (name: string) => (shown: Shown) => shown[name] === project;
        expect(await volumesOf(project)).toEqual(
          comparable(VOLUMES.filter(ofProject("os-vol-tenant-attr:tenant_id")).map(withTypeHere)),
        );
        expect(comparable(await list("snapshots", project))).toEqual(
          comparable(SNAPSHOTS.filter(ofProject("os-extended-snapshot-attributes:project_id"))),
        );
      }
      await isConsistent();
    });

    it("counts the usage of volumes and snapshots, over all types and by type", async () => {
      const usageOf = async (project: string, type = "") => {
        const { quota_set } = (await admin.get(`os-quota-sets/${project}?usage=true`)).body;
        return ["volumes", "gigabytes", "snapshots"].map((name) => quota_set[name + type]?.in_use);
      };
      // 2 + 3 + 1 + 3 + 1 GiB of volumes, and 2 + 3 of snapshots.
      expect(await usageOf(ALPHA)).toEqual([5, 15, 2]);
      expect(await usageOf(ALPHA, "___DEFAULT__")).toEqual([5, 15, 2]);
      expect(await usageOf(BETA)).toEqual([1, 4, 1]);
      expect(await usageOf(BETA, "_secret")).toEqual([1, 4, 1]);
    });

    it("writes one event for each new volume, also if it is run again", async () => {
      expect((await run(saved())).code).toBe(0);
      const importedBy = async (project: string) =>
        (await readFeed(new Client(service.url, { project })))
          .filter(({ type }) => type === "org.openstack.volume.imported")
          .map(({ subject }) => subject)
          .sort();
      expect(await importedBy(ALPHA)).toEqual([1, 2, 3, 5, 6].map((n) => uuid("volume", n)).sort());
      expect(await importedBy(BETA)).toEqual([uuid("volume", 4)]);
    });

    if (database === "D1") return;

    it("lists the volumes in the order in which Cinder made them", async () => {
      const ids = (await list("volumes", ALPHA)).map(({ id }) => id);
      expect(ids).toEqual([6, 5, 3, 2, 1].map((n) => uuid("volume", n)));
    });

    it("shows the hosts of attachments to admins alone", async () => {
      const { volume } = (
        await new Client(service.url, { project: ALPHA }).get(`volumes/${uuid("volume", 2)}`)
      ).body;
      expect(volume).toMatchObject({ attachments: [{ ...ATTACHMENT, host_name: null }] });
    });

    it("makes a type encrypted whose volumes are, so that these cannot be transferred", async () => {
      const owner = new Client(service.url, { project: BETA });
      const { status, body } = await owner.createTransfer(uuid("volume", 4));
      expect(status).toBe(400);
      expect(body.badRequest?.message).toContain("encrypted");
    });

    it("changes nothing if nothing has changed", async () => {
      const before = await volumesOf(ALPHA);
      const { code, output } = await run(saved());
      expect(output).toContain("volume types: 0 created, 0 updated, 2 unchanged");
      expect(output).toContain("volumes: 0 created, 0 updated, 6 unchanged");
      expect(output).toContain("snapshots: 0 created, 0 updated, 3 unchanged");
      expect(output).not.toContain("notice");
      expect(code).toBe(0);
      expect(await volumesOf(ALPHA)).toEqual(before);
    });

    it("updates what has changed in Cinder, and keeps what was changed here", async () => {
      const owner = new Client(service.url, { project: ALPHA });
      const id = uuid("volume", 1);
      await owner.send("PUT", `volumes/${id}`, { volume: { name: "renamed here", description: "here" } });
      const changed = shownVolume(1, {
        ...VOLUMES[0],
        size: 20,
        description: "changed in Cinder",
        "os-vol-tenant-attr:tenant_id": GAMMA,
      });
      const { output } = await run(write("changed.json", changed));
      expect(output).toContain("volumes: 0 created, 1 updated, 0 unchanged");
      const [volume] = await list("volumes", GAMMA);
      expect(volume).toMatchObject({ id, name: "renamed here", description: "changed in Cinder", size: 20 });
      await isConsistent();
    });

    describe("of a volume that was handed over here", () => {
      const [receiver, id] = [crypto.randomUUID().replaceAll("-", ""), uuid("volume", 11)];
      const inCinder = (changes: object = {}) =>
        shownVolume(11, { "os-vol-tenant-attr:tenant_id": ALPHA, ...changes });
      const importAgain = (name: string, changes: object = {}) =>
        run(write(name, { volumes: [inCinder(changes)] }, { snapshots: [snapshot] }));
      const snapshot = shownSnapshot(11, { "os-extended-snapshot-attributes:project_id": ALPHA });
      const owner = async () =>
        (await admin.get(`volumes/${id}`)).body.volume["os-vol-tenant-attr:tenant_id"];

      it("leaves the volume alone while it is offered", async () => {
        await importAgain("first.json");
        const donor = new Client(service.url, { project: ALPHA });
        const { transfer } = (await donor.createTransfer(id)).body;
        const { code, output } = await importAgain("offered.json", { size: 30 });
        expect(output).toContain("notice: offered here by an open transfer");
        expect(output).toContain(`volume ${id}: of ${ALPHA}`);
        expect(code).toBe(0);
        expect((await new Client(service.url, { project: receiver }).accept(transfer)).status).toBe(202);
      });

      it("keeps the owner, and reports it", async () => {
        const { code, output } = await importAgain("handed.json", { size: 30, user_id: "mallory" });
        expect(output).toContain(
          "notice: handed over here since the last import, so that the owner here is kept: 2",
        );
        expect(output).toContain(`volume ${id}: of ${receiver} here, of ${ALPHA} in Cinder`);
        expect(output).toContain(`snapshot ${snapshot.id}: of ${receiver} here, of ${ALPHA} in Cinder`);
        expect(code).toBe(0);
        const { volume } = (await admin.get(`volumes/${id}`)).body;
        expect(volume).toMatchObject({
          size: 30,
          user_id: "alice",
          "os-vol-tenant-attr:tenant_id": receiver,
        });
        await isConsistent();
      });

      it("follows Cinder again after the handover was made there, too", async () => {
        const moved = { "os-vol-tenant-attr:tenant_id": receiver };
        expect((await importAgain("moved.json", moved)).output).not.toContain(`volume ${id}`);
        await importAgain("moved_on.json", { "os-vol-tenant-attr:tenant_id": GAMMA });
        expect(await owner()).toBe(GAMMA);
        await isConsistent();
      });

      it("does not import it again if it was deleted here", async () => {
        const donor = new Client(service.url, { project: GAMMA });
        const { transfer } = (await donor.createTransfer(id)).body;
        const deleting = new Client(service.url, { project: receiver });
        await deleting.accept(transfer);
        expect((await admin.delete(`snapshots/${snapshot.id}`)).status).toBe(202);
        expect((await deleting.delete(`volumes/${id}`)).status).toBe(202);
        const { output } = await run(
          write("deleted.json", inCinder({ "os-vol-tenant-attr:tenant_id": GAMMA })),
        );
        expect(output).toContain(
          "notice: deleted here after a handover, so that it is not imported again: 1",
        );
        expect((await admin.get(`volumes/${id}`)).status).toBe(404);
        await isConsistent();
      });
    });

    it("keeps of a volume that is there twice what was updated last", async () => {
      const [old, updated] = ["2026-01-01", "2026-01-02"].map((day, i) =>
        shownVolume(41, { updated_at: `${day}T00:00:00.000000`, name: `name ${i}` }),
      );
      const { output } = await run(write("twice.jsonl", updated, shownVolume(42), old));
      expect(output).toContain("volumes: 2 created, 0 updated, 0 unchanged");
      expect((await admin.get(`volumes/${uuid("volume", 41)}`)).body.volume.name).toBe("name 1");
    });

    it("leaves out a volume that is too large for a statement, also with --dry-run", async () => {
      const file = write("large.json", shownVolume(43, { x: "'".repeat(500_000) }), shownVolume(44));
      for (const args of [[file, "--dry-run"], [file]]) {
        const { code, output } = await run(...args);
        expect(output).toMatch(
          /volumes: 1 created, .*\n.*\n.*left out: 1\n.* it has \d+ bytes, of 1000000 at most/,
        );
        expect(code).toBe(2);
      }
      expect((await admin.get(`volumes/${uuid("volume", 43)}`)).status).toBe(404);
    });

    it("keeps what a list of types does not show: the encryption and the access list", async () => {
      const type = { name: "vault", "os-volume-type-access:is_public": false };
      await admin.send("POST", "types", { volume_type: type });
      const types = (await admin.get("types?is_public=None")).body.volume_types;
      const id = types.find(({ name }) => name === "vault")?.id;
      const encryption = { provider: "luks", control_location: "front-end" };
      await admin.send("POST", `types/${id}/encryption`, { encryption });
      const access = { addProjectAccess: { project: ALPHA } };
      await admin.send("POST", `types/${id}/action`, access);
      const shown = { id: uuid("type", 7), name: "vault", is_public: false, extra_specs: { a: "b" } };
      const { output } = await run(write("types.json", { volume_types: [shown] }));
      expect(output).toContain("volume types: 0 created, 1 updated, 0 unchanged");
      expect((await admin.get(`types/${shown.id}/encryption`)).body).toMatchObject(encryption);
      expect((await admin.get(`types/${shown.id}/os-volume-type-access`)).body).toMatchObject({
        volume_type_access: [{ project_id: ALPHA }],
      });
    });

    it("prints no escape sequences of what it leaves out", async () => {
      const { output } = await run(
        write("escape.json", shownVolume(45, { status: "\x1b[2J\nnotice: \u202e" })),
      );
      expect(output).toContain("its status is unknown here: \\u001b[2J\\u000anotice: \\u202e");
      expect(output).not.toContain("\x1b");
    });

    it("leaves out what cannot be imported, with a reason and exit code 2", async () => {
      const file = write(
        "left_out.jsonl",
        shownVolume(21, { status: "exploding" }),
        shownVolume(22, { consumes_quota: false }),
        shownVolume(23, { size: 0, status: "error" }),
        shownSnapshot(24),
      );
      const { code, output } = await run(file);
      expect(output).toContain("notice: left out: 4");
      expect(output).toContain(`volume ${uuid("volume", 21)}: its status is unknown here: exploding`);
      expect(output).toContain(`volume ${uuid("volume", 22)}: a temporary one of Cinder's own`);
      expect(output).toContain(`volume ${uuid("volume", 23)}: its size is 0 GiB`);
      expect(output).toContain(`its volume ${uuid("volume", 24)} is not here`);
      expect(code).toBe(2);
    });

    it.each<[string, string, string]>([
      ["is not JSON", "<html>", "is truncated, or is not JSON"],
      ["is truncated", JSON.stringify({ volumes: VOLUMES }).slice(0, -9), "is truncated, or is not JSON"],
      ["is empty", "", "is empty"],
      [
        "is another answer",
        '{"error": {"code": 401}}',
        "no volume, snapshot or volume type. Give what an admin gets",
      ],
      [
        "has no details",
        JSON.stringify({ volumes: [{ id: uuid("volume", 1), name: "x" }] }),
        '"size" is missing',
      ],
      [
        "has an item of 20,000 levels",
        `{"volumes": [{"x": ${"[".repeat(20_000)}${"]".repeat(20_000)}}]}`,
        "a volume is nested in more than 32 levels",
      ],
      ["has a million levels", "[".repeat(2 ** 20 + 2 ** 19), "an item has more than 1048576 bytes"],
      [
        "has a line that does not end",
        `${JSON.stringify(shownVolume(1))}\n{"name": "${"a".repeat(2 ** 26)}`,
        "an item has more than 1048576 bytes",
      ],
      [
        "has a name that no Cinder can hold",
        JSON.stringify(shownVolume(1, { name: "a".repeat(256) })),
        '"name" is invalid: has more than 255 characters',
      ],
      [
        "has escape sequences in an ID",
        JSON.stringify(shownVolume(1, { id: "\x1b]0;title\x07\nvolume-transfers: all is well" })),
        'volume \\u001b]0;title\\u0007\\u000avolume-transfers: all is well: "id" is invalid',
      ],
      [
        "is of no admin",
        JSON.stringify({ volumes: [{ ...shownVolume(31), "os-vol-tenant-attr:tenant_id": undefined }] }),
        '"os-vol-tenant-attr:tenant_id" is missing. Save what an admin gets from GET /v3/{project_id}/volumes/detail',
      ],
    ])("rejects a file that %s, and imports nothing of it", async (_, text, message) => {
      const bad = path.join(folder, "bad.json");
      writeFileSync(bad, text);
      const { code, output } = await run(write("good.json", shownVolume(30)), bad);
      expect(output).toContain(`${bad}`);
      expect(output).toContain(message);
      expect(code).toBe(1);
      expect((await admin.get(`volumes/${uuid("volume", 30)}`)).status).toBe(404);
    });

    it.each<[string, object, string]>([
      [
        "a volume twice, of two projects",
        {
          volumes: [shownVolume(1), shownVolume(1, { "os-vol-tenant-attr:tenant_id": BETA })],
        },
        `is there twice, with the projects ${ALPHA} and ${BETA}. Save the answers of one Cinder, all at one time`,
      ],
      [
        "a volume twice, of two Cinders",
        {
          volumes: [shownVolume(1), { ...shownVolume(2), id: shownVolume(1).id.toUpperCase() }],
        },
        "is there twice, with the times of creation 2023-11-14T22:13:21.000Z and 2023-11-14T22:13:22.000Z",
      ],
      [
        "a snapshot twice, of two volumes",
        { snapshots: [shownSnapshot(1), shownSnapshot(1, { volume_id: uuid("volume", 2) })] },
        "is there twice, with the volumes",
      ],
      [
        "a type twice, with two IDs",
        { volumes: [shownVolume(1), shownVolume(2, { volume_type_id: uuid("type", 9) })] },
        "volume type __DEFAULT__ has two IDs",
      ],
      [
        "a type that is too large",
        {
          volume_types: [{ id: uuid("type", 8), name: "large", extra_specs: { a: "'".repeat(600_000) } }],
        },
        "volume type large has 1200183 bytes, of 1000000 at most",
      ],
    ])("rejects %s, and imports nothing", async (_, answer, message) => {
      const { code, output } = await run(write("rejected.json", shownVolume(30), answer));
      expect(output).toContain(message);
      expect(code).toBe(1);
      expect((await admin.get(`volumes/${uuid("volume", 30)}`)).status).toBe(404);
    });

    it.each<[string, readonly string[], string]>([
      ["without a source", [], "name either files, or a Cinder"],
      ["with two sources", ["file", "--from", "http://127.0.0.1:9"], "name either files, or a Cinder"],
      ["of a file that does not exist", ["nothing.json"], "nothing.json does not exist"],
      ["of a Cinder without a token", ["--from", "http://127.0.0.1:9"], "OS_TOKEN must be set"],
      ["of no URL", ["--from", "cinder"], "--from must be the URL of a Cinder"],
    ])("is refused %s", async (_, args, message) => {
      const { code, output } = await run(...args);
      expect(output).toContain(message);
      expect(code).toBe(1);
    });
  },
);
