import { announce } from "../events/announce.ts";
import { body, idempotencyKey } from "../http/body.ts";
import { accepted, acceptedHtml, resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { FAILED_ATTEMPTS, IDEMPOTENCY_KEY, RECEIPTS } from "../openapi/parameters.ts";
import { acceptTransfer } from "./accept.ts";
import { createTransfer } from "./create.ts";
import { declineTransfer } from "./decline.ts";
import { deleteTransfer } from "./delete.ts";
import { faultOf } from "./faults.ts";
import { extensionLists, type TransferPath, transferLists } from "./list_routes.ts";
import { previewTransfer } from "./preview.ts";
import { rekeyTransfer } from "./rekey.ts";
import {
  acceptTransferSchema,
  createTransferOnOlderPathSchema,
  createTransferSchema,
  declineTransferSchema,
  previewTransferSchema,
  transferCreated,
  transferDetail,
  transferInput,
  transferPreview,
  transferSummary,
} from "./schemas.ts";
import { showTransfer } from "./show.ts";
import {
  asksForFailedAttempts,
  asksForReceipts,
  detail,
  followedDetail,
  previewView,
  summary,
} from "./views.ts";

/** The parameters that identify a created transfer, for links to other operations. */
const CREATED_TRANSFER = { project_id: "$request.path.project_id", id: "$response.body#/transfer/id" };

/** The volume-transfer API under one of its paths. */
const transferRoutes = (path: TransferPath) =>
  resource()
    .route("/", transferLists(path))
    .route("/", extensionLists())

    .post(
      "/",
      describeRoute({
        id: "createTransfer",
        parameters: [IDEMPOTENCY_KEY],
        rule: "volume:create_transfer",
        tag: "volume-transfers",
        summary: "Create a volume transfer",
        description:
          "Offers a volume. The volume must be `available` and not encrypted, and its snapshots must be `available`, unless `no_snapshots` (from 3.55) is true.",
        response: { status: 202, description: "The transfer, with its `auth_key`.", body: transferCreated },
        links: [
          { operation: "showTransfer", parameters: CREATED_TRANSFER },
          { operation: "deleteTransfer", parameters: CREATED_TRANSFER },
          {
            operation: "acceptTransfer",
            parameters: CREATED_TRANSFER,
            body: { accept: { auth_key: "$response.body#/transfer/auth_key" } },
          },
          {
            operation: "previewTransfer",
            parameters: CREATED_TRANSFER,
            body: { preview: { auth_key: "$response.body#/transfer/auth_key" } },
          },
        ],
        faults: [404, 409, 429],
      }),
      announce,
      body(path === "os-volume-transfer" ? createTransferOnOlderPathSchema : createTransferSchema),
      async (c) => {
        const outcome = await createTransfer(c.var, transferInput(c.req.valid("json")), idempotencyKey(c));
        if (outcome.kind !== "created") throw faultOf(outcome);
        const { transfer, auth_key } = outcome;
        return c.json({ transfer: { ...detail(c)(transfer), auth_key } }, 202);
      },
    )

    .get(
      "/:id",
      describeRoute({
        id: "showTransfer",
        parameters: [FAILED_ATTEMPTS, RECEIPTS],
        rule: "volume:get_transfer",
        tag: "volume-transfers",
        summary: "Show volume transfer detail",
        response: { status: 200, description: "The transfer.", body: transferDetail },
        faults: [404],
      }),
      async (c) => {
        const outcome = await showTransfer(c.var, c.req.param("id"));
        if (outcome.kind !== "shown") throw faultOf(outcome);
        const { transfer } = outcome;
        return c.json({
          transfer: {
            ...(asksForReceipts(c) ? followedDetail(c) : detail(c))(transfer),
            ...(asksForFailedAttempts(c) && { failed_attempts: transfer.failed_attempts }),
          },
        });
      },
    )

    .delete(
      "/:id",
      describeRoute({
        id: "deleteTransfer",
        rule: "volume:delete_transfer",
        tag: "volume-transfers",
        summary: "Delete a volume transfer",
        description:
          "Deletes an open transfer and makes its volume `available`, unless the volume's status has changed meanwhile.",
        response: { status: 202, description: "The transfer is deleted." },
        faults: [404],
      }),
      announce,
      async (c) => {
        const outcome = await deleteTransfer(c.var, c.req.param("id"));
        if (outcome.kind !== "deleted") throw faultOf(outcome);
        return acceptedHtml(c);
      },
    )

    .post(
      "/:id/accept",
      describeRoute({
        id: "acceptTransfer",
        rule: "volume:accept_transfer",
        parameters: [IDEMPOTENCY_KEY],
        tag: "volume-transfers",
        summary: "Accept a volume transfer",
        description:
          "Moves the volume, and unless `no_snapshots` its snapshots, to the caller's project, if its quota has room.",
        response: { status: 202, description: "The transfer, closed.", body: transferSummary },
        faults: [404, 409, 429],
      }),
      announce,
      body(acceptTransferSchema),
      async (c) => {
        const { auth_key } = c.req.valid("json").accept;
        const outcome = await acceptTransfer(c.var, c.req.param("id"), auth_key, idempotencyKey(c));
        if (outcome.kind !== "accepted") throw faultOf(outcome);
        return c.json({ transfer: summary(c)(outcome.transfer) }, 202);
      },
    )

    .post(
      "/:id/preview",
      describeRoute({
        id: "previewTransfer",
        rule: "volume:accept_transfer",
        tag: "volume-transfers",
        summary: "Preview a volume transfer",
        description:
          "Shows, to a caller who could accept the transfer, what an accept would move, and whether the quota of its project has room. Changes nothing. A wrong key counts, and is answered, as at accept. An extension: Cinder has no such operation.",
        response: { status: 200, description: "What an accept would move.", body: transferPreview },
        faults: [404, 429],
      }),
      body(previewTransferSchema),
      async (c) => {
        const { auth_key } = c.req.valid("json").preview;
        const outcome = await previewTransfer(c.var, c.req.param("id"), auth_key);
        if (outcome.kind !== "previewed") throw faultOf(outcome);
        return c.json({ preview: previewView(outcome.preview, c.get("identity").project_id) });
      },
    )

    .post(
      "/:id/decline",
      describeRoute({
        id: "declineTransfer",
        rule: "volume:decline_transfer",
        tag: "volume-transfers",
        summary: "Decline a volume transfer",
        description:
          "Closes a transfer and makes its volume `available`: for a member of the project that the transfer is for, and for whoever has its `auth_key`. A wrong key counts, and is answered, as at accept. An extension: Cinder has no such operation.",
        response: { status: 202, description: "The transfer is declined." },
        faults: [404, 409, 429],
      }),
      announce,
      body(declineTransferSchema),
      async (c) => {
        const { auth_key, reason } = c.req.valid("json").decline;
        const outcome = await declineTransfer(c.var, c.req.param("id"), auth_key, reason ?? null);
        if (outcome.kind !== "declined") throw faultOf(outcome);
        return accepted(c);
      },
    )

    .post(
      "/:id/rekey",
      describeRoute({
        id: "rekeyTransfer",
        rule: "volume:rekey_transfer",
        tag: "volume-transfers",
        summary: "Make a new key for a volume transfer",
        description:
          "Makes a new `auth_key`. The key before is worthless, and the failed attempts start again. An extension: Cinder has no such operation.",
        response: {
          status: 202,
          description: "The transfer, with its new `auth_key`.",
          body: transferCreated,
        },
        faults: [404, 409, 429],
      }),
      announce,
      async (c) => {
        const outcome = await rekeyTransfer(c.var, c.req.param("id"));
        if (outcome.kind !== "rekeyed") throw faultOf(outcome);
        const { transfer, auth_key } = outcome;
        return c.json({ transfer: { ...detail(c)(transfer), auth_key } }, 202);
      },
    );

/** The volume-transfer API. */
export const transfers = transferRoutes("volume-transfers");

/** The volume-transfer API of before 3.55, which Cinder still has. */
export const olderTransfers = transferRoutes("os-volume-transfer");
