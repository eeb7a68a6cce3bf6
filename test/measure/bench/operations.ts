import * as z from "zod";
import { type Dataset, HEADERS } from "./dataset.ts";
import type { Sequence, Step } from "./load.ts";

export const OPERATION_NAMES = [
  "show",
  "list",
  "create and delete",
  "create and accept",
  "deep page",
  "show a volume",
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];
export type Operations = Readonly<Partial<Record<OperationName, Sequence>>>;

/** The items of a page. */
export const PAGE_SIZE = 50;

const createResponse = z.object({ transfer: z.object({ id: z.string(), auth_key: z.string() }) });

/** Parses the response of a create. */
export const parseCreated = (body: string): z.output<typeof createResponse>["transfer"] =>
  createResponse.parse(JSON.parse(body)).transfer;

/** Makes the operations on the API. Each connection shows a transfer of its own, and moves a volume of its own. */
export function apiOperations({ transfers, idle }: Dataset): Operations {
  const list = `/v3/volume-transfers/detail?limit=${PAGE_SIZE}`;
  return {
    show: (connection) => [get(`/v3/volume-transfers/${transfers[connection % transfers.length]}`)],
    list: () => [get(list, expectItems("transfers"))],
    "create and delete": (connection) => {
      const { create, created } = creator(idle[connection]);
      return [create("owner"), { ...call("DELETE", "owner", () => `/${created().id}`), status: 202 }];
    },
    "create and accept": (connection) => {
      const { create, created } = creator(idle[connection]);
      const accept = (as: Caller) =>
        call(
          "POST",
          as,
          () => `/${created().id}/accept`,
          () => ({ accept: { auth_key: created().auth_key } }),
        );
      // There and back.
      return [create("owner"), accept("recipient"), create("recipient"), accept("owner")];
    },
    "deep page": () => [get(`${list}&marker=${transfers[Math.floor(transfers.length / 2)]}`)],
  };
}

type Caller = "owner" | "recipient";

/** Returns a request that fetches a path. */
export const get = (path: string, onResponse?: Step["onResponse"]): Step => ({
  method: "GET",
  request: () => ({ path, headers: HEADERS.owner }),
  status: 200,
  ...(onResponse !== undefined && { onResponse }),
});

const call = (
  method: "POST" | "DELETE",
  as: Caller,
  path: () => string,
  body: () => unknown = () => undefined,
): Step => ({
  method,
  request: () => ({ path: `/v3/volume-transfers${path()}`, headers: HEADERS[as], body: body() }),
  status: 202,
});

/** Makes the requests that offer a volume, and returns the last transfer that one of them has created. */
function creator(volume_id: string | undefined) {
  let transfer = { id: "", auth_key: "" };
  return {
    created: () => transfer,
    create: (as: Caller): Step => ({
      ...call(
        "POST",
        as,
        () => "",
        () => ({ transfer: { volume_id } }),
      ),
      onResponse: (body) => {
        transfer = parseCreated(body);
      },
    }),
  };
}

/** Returns a function that asserts, the first time, that a page is full: all pages are the same. */
export function expectItems(name: string): (body: string) => void {
  const page = z.object({ [name]: z.array(z.unknown()).length(PAGE_SIZE) });
  let checked = false;
  return (body) => {
    if (!checked) page.parse(JSON.parse(body));
    checked = true;
  };
}
