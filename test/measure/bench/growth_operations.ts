import { HEADERS, idleVolumeId, transferId, UNIQUE_NAME } from "./dataset.ts";
import { parseCreated } from "./operations.ts";

/** The operations that the report shows. The others only restore the state. */
export const REPORTED_OPERATIONS = [
  "show",
  "first page",
  "deep page, by marker",
  "page sorted by name",
  "filtered by name",
  "all_tenants page",
  "create",
  "accept",
  "delete",
];

/**
 * Returns the operations, in an order in which each one finds the state that it needs.
 *
 * @param url the service
 */
export function growthOperations(url: string): [name: string, send: () => Promise<void>][] {
  const call = async (
    as: keyof typeof HEADERS,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<string> => {
    const response = await fetch(`${url}/v3/volume-transfers${path}`, {
      method,
      headers: { ...HEADERS[as], "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  const get =
    (path: string, as: keyof typeof HEADERS = "owner") =>
    async () =>
      void (await call(as, "GET", path));
  let created = { id: "", auth_key: "" };
  const create = (as: keyof typeof HEADERS) => async () => {
    const volume_id = idleVolumeId(1);
    created = parseCreated(await call(as, "POST", "", { transfer: { volume_id } }));
  };
  const accept = (as: keyof typeof HEADERS) => async () => {
    await call(as, "POST", `/${created.id}/accept`, { accept: { auth_key: created.auth_key } });
  };
  const remove = async () => {
    await call("owner", "DELETE", `/${created.id}`);
  };
  const list = "/detail?limit=20";
  return [
    ["show", get(`/${transferId(500)}`)],
    ["first page", get(list)],
    ["deep page, by marker", get(`${list}&marker=${transferId(500)}`)],
    ["page sorted by name", get(`${list}&sort=display_name:asc`)],
    ["filtered by name", get(`${list}&name=${encodeURIComponent(UNIQUE_NAME)}`)],
    ["look for changes", get("/changes")],
    ["all_tenants page", get(`${list}&all_tenants=1`, "admin")],
    ["create", create("owner")],
    ["delete", remove],
    ["create again", create("owner")],
    ["accept", accept("recipient")],
    ["create by the recipient", create("recipient")],
    ["accept back", accept("owner")],
  ];
}
