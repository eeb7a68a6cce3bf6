import * as z from "zod";
import { HEADERS, idleVolumeId, OWNER, RECIPIENT, transferId } from "./dataset.ts";
import type { Step } from "./http_load.ts";

/** Returns the requests that a connection repeats. */
type Operation = (connection: number) => readonly Step[];

export const OPERATION_NAMES = ["show", "list", "create and delete", "create and accept"] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

/** The items of a page. */
export const PAGE_SIZE = 50;
const SHOWN_TRANSFER = transferId(20);

const createResponse = z.object({ transfer: z.object({ id: z.string(), auth_key: z.string() }) });
const listResponse = z.object({ transfers: z.array(z.unknown()).length(PAGE_SIZE) });

export type CreatedTransfer = z.output<typeof createResponse>["transfer"];

/** Parses the response of a create. */
export const parseCreated = (body: string): CreatedTransfer =>
  createResponse.parse(JSON.parse(body)).transfer;

/** The operations on the service, through its API. */
export const SERVICE_OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  show: () => [
    {
      method: "GET",
      request: () => ({ path: `/v3/volume-transfers/${SHOWN_TRANSFER}`, headers: HEADERS.owner }),
      status: 200,
    },
  ],
  list: () => [
    {
      method: "GET",
      request: () => ({ path: `/v3/volume-transfers/detail?limit=${PAGE_SIZE}`, headers: HEADERS.owner }),
      status: 200,
      // All pages are the same. It is enough to parse one.
      onResponse: onlyFirst((body) => void listResponse.parse(JSON.parse(body))),
    },
  ],
  "create and delete": (connection) => {
    let created: CreatedTransfer | undefined;
    return [
      {
        ...create(connection, () => HEADERS.owner),
        onResponse: (body) => {
          created = parseCreated(body);
        },
      },
      {
        method: "DELETE",
        request: () => ({ path: `/v3/volume-transfers/${created?.id}`, headers: HEADERS.owner }),
        status: 202,
      },
    ];
  },
  "create and accept": (connection) => {
    let created: CreatedTransfer | undefined;
    // The volume moves back and forth.
    let [donor, recipient] = [HEADERS.owner, HEADERS.recipient];
    return [
      {
        ...create(connection, () => donor),
        onResponse: (body) => {
          created = parseCreated(body);
        },
      },
      {
        method: "POST",
        request: () => ({
          path: `/v3/volume-transfers/${created?.id}/accept`,
          headers: recipient,
          body: { accept: { auth_key: created?.auth_key } },
        }),
        status: 202,
        onResponse: () => {
          [donor, recipient] = [recipient, donor];
        },
      },
    ];
  },
};

const create = (connection: number, headers: () => Record<string, string>) =>
  ({
    method: "POST",
    request: () => ({
      path: "/v3/volume-transfers",
      headers: headers(),
      body: { transfer: { volume_id: idleVolumeId(connection + 1) } },
    }),
    status: 202,
  }) satisfies Step;

/** The same operations on the floor. The path of a request carries the values of its statements. */
export const FLOOR_OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  show: () => [get(() => "/show")],
  list: () => [get(() => "/list")],
  "create and delete": (connection) => {
    let id = "";
    return [
      get(() => {
        id = crypto.randomUUID();
        return `/create/id=${id}/volume=${idleVolumeId(connection + 1)}/project=${OWNER}`;
      }),
      get(() => `/delete/id=${id}/project=${OWNER}`),
    ];
  },
  "create and accept": (connection) => {
    let id = "";
    let [donor, recipient] = [OWNER, RECIPIENT];
    return [
      get(() => {
        id = crypto.randomUUID();
        return `/create/id=${id}/volume=${idleVolumeId(connection + 1)}/project=${donor}`;
      }),
      {
        ...get(() => `/accept/id=${id}/project=${recipient}`),
        onResponse: () => {
          [donor, recipient] = [recipient, donor];
        },
      },
    ];
  },
};

const get = (path: () => string): Step => ({
  method: "GET",
  request: () => ({ path: path() }),
  status: 200,
});

/** Returns a function that calls another one only the first time. */
function onlyFirst(act: (body: string) => void): (body: string) => void {
  let called = false;
  return (body) => {
    if (!called) act(body);
    called = true;
  };
}
