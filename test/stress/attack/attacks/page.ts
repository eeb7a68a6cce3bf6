import { Client } from "../../../support/client.ts";
import { exchange, head, statusOf } from "../sockets.ts";
import { type Attack, assert, type Target } from "../target.ts";

/** A browser with a session of the page. */
class Session {
  readonly #url: string;
  cookie = "";
  caller = "";

  constructor(url: string) {
    this.#url = url;
  }

  async send(method: string, path: string, body?: object): Promise<number> {
    const response = await fetch(`${this.#url}/${path}`, {
      method,
      headers: {
        "X-Handoff": "1",
        "Sec-Fetch-Site": "same-origin",
        Cookie: this.cookie,
        ...(this.caller !== "" && { "X-Handoff-Caller": this.caller }),
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    this.cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? this.cookie;
    const { caller } = JSON.parse((await response.text()) || "{}") as { readonly caller?: string };
    if (caller !== undefined) this.caller = caller;
    return response.status;
  }
}

const signedIn = async ({ url }: Target, form: object): Promise<Session> => {
  const session = new Session(url);
  const status = await session.send("POST", "handoff/session", form);
  assert(status === 200, `sign-in: ${status}`);
  return session;
};

export const page: readonly Attack[] = [
  {
    name: "a tab that shows another project than the session has",
    before: "the volume moves into a project that the tab does not show",
    d1: true,
    async run(target) {
      const donor = new Client(target.url);
      const { id, auth_key } = await donor.createVolumeAndTransfer();
      const tab = await signedIn(target, { user: "bob", project: "beta" });
      const other = await signedIn(target, { user: "bob", project: "gamma" });
      tab.cookie = other.cookie;
      const status = await tab.send("POST", `v3/volume-transfers/${id}/accept`, { accept: { auth_key } });
      assert(status === 403, `status ${status}`);
      assert((await donor.get(`volume-transfers/${id}`)).status === 200, "the volume has moved");
      return "403, and the volume stays";
    },
  },
  {
    name: "a copy of the cookie after the sign-out",
    before: "valid for 300 s",
    identity: "keystone",
    async run(target) {
      const session = await signedIn(target, { user: "alice", domain: "Default", password: "alice" });
      await session.send("PUT", "handoff/session", { project: "a".repeat(32) });
      const copy = Object.assign(new Session(target.url), { cookie: session.cookie });
      assert((await copy.send("GET", "v3/volumes")) === 200, "the session is not valid");
      const status = await session.send("DELETE", "handoff/session");
      assert(status === 200, `sign-out: ${status}`);
      const after = await copy.send("GET", "v3/volumes");
      assert(after === 401, `status ${after}`);
      return "401 at once";
    },
  },
  {
    name: "`/docs` in a frame of another site",
    before: "no CSP, no `nosniff`, can be framed",
    d1: true,
    async run({ url }) {
      const { headers } = await fetch(`${url}/docs`);
      const policy = headers.get("Content-Security-Policy") ?? "";
      assert(policy.includes("frame-ancestors 'none'"), `Content-Security-Policy: ${policy}`);
      assert(headers.get("X-Content-Type-Options") === "nosniff", "no nosniff");
      return "CSP, `nosniff`, `frame-ancestors 'none'`";
    },
  },
  {
    name: "a name of another site that points to a service with `noauth` (DNS rebinding)",
    before: "answers as any user",
    async run({ port, as }) {
      const headers = { ...as("victim"), Host: "evil.com", Connection: "close" };
      const status = statusOf(await exchange(port, head("GET", "/v3/volumes", headers), 1000));
      assert(status === 403, `status ${status}`);
      return "403";
    },
  },
  {
    name: "where a volume is stored, in the feed of readers and of the recipient",
    before: "`host` and `managed_reference` are shown",
    d1: true,
    async run({ url }) {
      const admin = new Client(url, { user: "root", roles: "admin", project: "alpha" });
      const managed = await admin.send("POST", "manageable_volumes", {
        volume: { host: "storage-host@backend#pool", ref: { "source-name": "secret-lun", size: 1 } },
      });
      assert(managed.status === 202, `manage: ${managed.status}`);
      const { transfer } = (await admin.createTransfer(managed.body.volume.id)).body;
      const recipient = new Client(url, { project: "beta" });
      assert((await recipient.accept(transfer)).status === 202, "not accepted");
      for (const client of [new Client(url, { project: "alpha", roles: "reader" }), recipient]) {
        const { status, body } = await client.get("events");
        assert(status === 200 && body.events.length > 0, `status ${status}`);
        const text = JSON.stringify(body.events);
        assert(!text.includes("storage-host") && !text.includes("secret-lun"), "the feed shows it");
      }
      return "only admins see it";
    },
  },
];
