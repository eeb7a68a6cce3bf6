import type { Answer, Defect } from "./broken_endpoint.ts";

/** Whether a request is one of transfers, such as `GET` with a path behind that of transfers. */
const isTransfer = (
  { method, path }: Pick<Answer, "method" | "path">,
  wanted: string,
  rest: RegExp,
): boolean => method === wanted && rest.test(path.replace(/^.*\/(os-volume-transfer|volume-transfers)/, ""));

const SHOW = /^\/[0-9a-f-]{36}$/;
const ACCEPT = /\/accept$/;
const CREATE = /^$/;

/** Defects, with the rules that find them. */
export const DEFECTS: readonly (readonly [
  what: string,
  only: string,
  rules: readonly string[],
  () => Defect,
])[] = [
  [
    "shows the auth_key again",
    "auth-key/",
    ["auth-key/shown-once"],
    () => {
      const keys = new Map<string, string>();
      return {
        change(answer) {
          const [, id = "", key] = /"id":"([^"]+)".*"auth_key":"([^"]+)"/.exec(answer.text) ?? [];
          if (key !== undefined) keys.set(id, key);
          else if (isTransfer(answer, "GET", SHOW))
            answer.text = answer.text.replace(
              /"id":"([^"]+)"/,
              (text, id) => `${text},"auth_key":"${keys.get(id)}"`,
            );
        },
      };
    },
  ],
  [
    "shows a member more",
    "fields/volume-transfers@3.57",
    ["fields/volume-transfers@3.57/show"],
    () => ({
      change(answer) {
        if (isTransfer(answer, "GET", SHOW))
          answer.text = answer.text.replace('"transfer":{', '"transfer":{"crypt_hash":"6f",');
      },
    }),
  ],
  [
    "has a member too early",
    "fields/os-volume-transfer@3.54",
    ["fields/os-volume-transfer@3.54/create", "fields/os-volume-transfer@3.54/show"],
    () => ({
      change(answer) {
        if (isTransfer(answer, "GET", SHOW) || isTransfer(answer, "POST", CREATE))
          answer.text = answer.text.replace('"transfer":{', '"transfer":{"no_snapshots":false,');
      },
    }),
  ],
  [
    "lets two accepts win",
    "races/accepts",
    ["races/accepts", "races/accepts-usage"],
    () => {
      const accepted = new Map<string, string>();
      return {
        change(answer) {
          if (!isTransfer(answer, "POST", ACCEPT)) return;
          const [, id = ""] = /([0-9a-f-]{36})\/accept$/.exec(answer.path) ?? [];
          const before = accepted.get(id);
          if (answer.status === 202) accepted.set(id, answer.text);
          else if (before !== undefined) Object.assign(answer, { status: 202, text: before });
        },
      };
    },
  ],
  [
    "repeats the first page",
    "pages/",
    ["pages/next-link"],
    () => ({
      change(answer) {
        answer.text = answer.text.replace(/&marker=[0-9a-f-]{36}"/, '"');
      },
    }),
  ],
  [
    "skips the offset twice",
    "pages/",
    ["pages/offset"],
    () => ({
      change(answer) {
        // The last transfer, up to the end of its links.
        if (answer.path.endsWith("offset=1")) answer.text = answer.text.replace(/,\{"id":[^\]]*\]\}\]/, "]");
      },
    }),
  ],
  [
    "reserves what a refused accept needs",
    "quota/refused",
    ["quota/refused-accepts"],
    () => {
      let reserved = 0;
      return {
        change(answer) {
          if (isTransfer(answer, "POST", ACCEPT) && answer.status === 400) reserved++;
          if (answer.path.includes("/os-quota-sets/"))
            answer.text = answer.text.replaceAll('"reserved":0', `"reserved":${reserved}`);
        },
      };
    },
  ],
  [
    "locks a transfer after some wrong keys",
    "guesses/",
    ["guesses/of-another-project"],
    () => {
      let failed = 0;
      return {
        change(answer) {
          if (isTransfer(answer, "POST", ACCEPT) && answer.status === 400) failed++;
        },
        replace: (request) => (isTransfer(request, "POST", ACCEPT) && failed >= 10 ? 400 : undefined),
      };
    },
  ],
  [
    "does not delete",
    "delete/",
    ["delete/returns-volume", "delete/twice", "delete/ends-key"],
    () => ({
      // What the clean-up sends under the older path is deleted.
      replace: ({ method, path }) =>
        method === "DELETE" && path.includes("/volume-transfers/") ? 202 : undefined,
    }),
  ],
  [
    "names another microversion",
    "microversion/",
    ["microversion/requested", "microversion/latest"],
    () => ({
      change(answer) {
        if (answer.status === 200) answer.headers["openstack-api-version"] = "volume 3.0";
      },
    }),
  ],
  [
    "answers with pages of HTML",
    "show/",
    ["show/unknown", "show/not-uuid", "show/other-projects"],
    () => ({
      change(answer) {
        if (answer.status === 404) answer.text = "<html>404 Not Found</html>";
      },
    }),
  ],
  [
    "responds with 500 to a body that it does not expect",
    "create/",
    ["create/name-number"],
    () => ({
      change(answer) {
        if (/"name":5\b/.test(answer.sent)) answer.status = 500;
      },
    }),
  ],
];
