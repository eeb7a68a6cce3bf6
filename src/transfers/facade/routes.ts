import { announce } from "../../events/announce.ts";
import { body, idempotencyKey } from "../../http/body.ts";
import { accepted, resource } from "../../http/resource.ts";
import { admit } from "../../openapi/describe_route.ts";
import { declineTransfer } from "../decline.ts";
import { faultOf } from "../faults.ts";
import { extensionLists, type TransferPath } from "../list_routes.ts";
import {
  acceptTransferSchema,
  createTransferOnOlderPathSchema,
  createTransferSchema,
  declineTransferSchema,
  previewTransferSchema,
  transferInput,
} from "../schemas.ts";
import { previewView, summary } from "../views.ts";
import { acceptInCinder } from "./accept.ts";
import { cinderOf } from "./caller.ts";
import { createInCinder } from "./create.ts";
import { withdrawInCinder } from "./end.ts";
import { faultInCinder } from "./faults.ts";
import { previewInCinder } from "./preview.ts";
import { listInCinder, showInCinder } from "./read.ts";
import { rekeyInCinder } from "./rekey.ts";
import { respond, respondWithKey, respondWithList, respondWithTransfer } from "./views.ts";

/**
 * The volume-transfer API over the transfers of a Cinder: the same routes, whose answers are Cinder's. They are
 * documented with those of the service's own transfers.
 */
const routes = (path: TransferPath) =>
  resource()
    .get("/", admit("volume:get_all_transfers"), async (c) => {
      const { answer } = await listInCinder(c.var, cinderOf(c), path + queryOf(c.req.url), false);
      return respondWithList(c, answer, new Map());
    })

    .get("/detail", admit("volume:get_all_transfers"), async (c) => {
      const { answer, known } = await listInCinder(
        c.var,
        cinderOf(c),
        `${path}/detail${queryOf(c.req.url)}`,
        true,
      );
      return respondWithList(c, answer, known);
    })

    .route("/", extensionLists())

    .post(
      "/",
      admit("volume:create_transfer"),
      announce,
      body(path === "os-volume-transfer" ? createTransferOnOlderPathSchema : createTransferSchema),
      async (c) => {
        const input = transferInput(c.req.valid("json"));
        const outcome = await createInCinder(c.var, cinderOf(c), path, input, idempotencyKey(c));
        if (outcome.kind === "created") return respondWithKey(c, outcome);
        if (outcome.kind === "answered") return respond(c, outcome.answer);
        throw faultInCinder(outcome);
      },
    )

    .get("/:id", admit("volume:get_transfer"), async (c) => {
      const id = c.req.param("id");
      const outcome = await showInCinder(c.var, cinderOf(c), path, id);
      if (outcome.kind !== "shown") throw faultOf(outcome);
      return respondWithTransfer(c, outcome.answer, outcome.known.get(id));
    })

    .delete("/:id", admit("volume:delete_transfer"), announce, async (c) =>
      respond(c, await withdrawInCinder(c.var, cinderOf(c), path, c.req.param("id"))),
    )

    .post("/:id/accept", admit("volume:accept_transfer"), announce, body(acceptTransferSchema), async (c) => {
      const { auth_key } = c.req.valid("json").accept;
      const outcome = await acceptInCinder(c.var, cinderOf(c), {
        collection: path,
        id: c.req.param("id"),
        auth_key,
        idempotency_key: idempotencyKey(c),
      });
      if (outcome.kind === "answered") return respondWithTransfer(c, outcome.answer, undefined);
      if (outcome.kind === "accepted") return c.json({ transfer: summary(c)(outcome.transfer) }, 202);
      throw faultInCinder(outcome);
    })

    .post("/:id/preview", admit("volume:accept_transfer"), body(previewTransferSchema), async (c) => {
      const { auth_key } = c.req.valid("json").preview;
      const outcome = await previewInCinder(c.var, cinderOf(c), c.req.param("id"), auth_key);
      if (outcome.kind !== "previewed") throw faultOf(outcome);
      return c.json({ preview: previewView(outcome.preview, c.get("identity").project_id) });
    })

    // Cinder lets nobody but the owner end a transfer: it ends there with the owner's next request.
    .post(
      "/:id/decline",
      admit("volume:decline_transfer"),
      announce,
      body(declineTransferSchema),
      async (c) => {
        const { auth_key, reason } = c.req.valid("json").decline;
        const outcome = await declineTransfer(c.var, c.req.param("id"), auth_key, reason ?? null);
        if (outcome.kind !== "declined") throw faultOf(outcome);
        return accepted(c);
      },
    )

    .post("/:id/rekey", admit("volume:rekey_transfer"), announce, async (c) => {
      const outcome = await rekeyInCinder(c.var, cinderOf(c), path, c.req.param("id"));
      if (outcome.kind === "rekeyed") return respondWithKey(c, outcome);
      if (outcome.kind === "answered") return respond(c, outcome.answer);
      throw faultInCinder(outcome);
    });

/** The query of a URL as it came, with its question mark; empty without one. */
const queryOf = (url: string): string => /\?[^#]*/.exec(url)?.[0] ?? "";

/** The volume-transfer API in front of a Cinder. */
export const transfersInCinder = routes("volume-transfers");

/** The same under the older path. */
export const olderTransfersInCinder = routes("os-volume-transfer");
