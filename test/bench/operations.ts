import * as z from "zod";
import { AS, idleVolumeId, OTHER, OWNER, transferId } from "./dataset.ts";
import type { Step } from "./http_load.ts";

/** What a connection does over and over: against the service, or against the floor. */
export type Operation = (connection: number) => readonly Step[];

export const OPERATIONS = ["show", "list", "create and delete", "create and accept"] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** How many items a page has. */
const PAGE = 50;
const LIVE = transferId(20);

const created = z.object({ transfer: z.object({ id: z.string(), auth_key: z.string() }) });
const listed = z.object({ transfers: z.array(z.unknown()).length(PAGE) });

/** What the answer of a create tells. */
export type Offer = z.output<typeof created>["transfer"];
export const readOffer = (body: string): Offer => created.parse(JSON.parse(body)).transfer;

/** The operations as clients ask for them. */
export const ofService: Readonly<Record<OperationName, Operation>> = {
  show: () => [
    {
      method: "GET",
      request: () => ({ path: `/v3/volume-transfers/${LIVE}`, headers: AS.owner }),
      status: 200,
    },
  ],
  list: () => [
    {
      method: "GET",
      request: () => ({ path: `/v3/volume-transfers/detail?limit=${PAGE}`, headers: AS.owner }),
      status: 200,
      // One of many is enough to see that the pages are full.
      answered: once((body) => void listed.parse(JSON.parse(body))),
    },
  ],
  "create and delete": (connection) => {
    let offer: Offer | undefined;
    return [
      {
        ...create(connection, () => AS.owner),
        answered: (body) => {
          offer = readOffer(body);
        },
      },
      {
        method: "DELETE",
        request: () => ({ path: `/v3/volume-transfers/${offer?.id}`, headers: AS.owner }),
        status: 202,
      },
    ];
  },
  "create and accept": (connection) => {
    let offer: Offer | undefined;
    let [giver, taker] = [AS.owner, AS.other];
    return [
      {
        ...create(connection, () => giver),
        answered: (body) => {
          offer = readOffer(body);
        },
      },
      {
        method: "POST",
        request: () => ({
          path: `/v3/volume-transfers/${offer?.id}/accept`,
          headers: taker,
          body: { accept: { auth_key: offer?.auth_key } },
        }),
        status: 202,
        answered: () => {
          [giver, taker] = [taker, giver];
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

/** The same of the floor: each request is told the values in its path. */
export const ofFloor: Readonly<Record<OperationName, Operation>> = {
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
    let [giver, taker] = [OWNER, OTHER];
    return [
      get(() => {
        id = crypto.randomUUID();
        return `/create/id=${id}/volume=${idleVolumeId(connection + 1)}/project=${giver}`;
      }),
      {
        ...get(() => `/accept/id=${id}/project=${taker}`),
        answered: () => {
          [giver, taker] = [taker, giver];
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

/** Does something the first time alone. */
function once(act: (body: string) => void): (body: string) => void {
  let done = false;
  return (body) => {
    if (!done) act(body);
    done = true;
  };
}
