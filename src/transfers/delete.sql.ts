import { now, transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import { releaseVolume } from "./release.sql.ts";
import { closedBy, openTransfer } from "./rows.sql.ts";

interface Values {
  readonly id: string;
  /** The project that the transfer must belong to; undefined for an admin. */
  readonly project_id: string | undefined;
  /** Marks the transfer as closed by this request, so that the second statement finds it. */
  readonly request_id: string;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
}

const evidence = ({ param }: Params<Values>) => ({
  deleted: queryBuilder
    .select({ id: transfers.id })
    .from(transfers)
    .where(closedBy(param("request_id"), param("id"))),
});

/** Closes a transfer and makes its volume `available`. */
export const deleteStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const closedByRequest = closedBy(param("request_id"), param("id"));
  return {
    deleted: queryBuilder
      .update(transfers)
      .set({ deleted_at: now, closed_by_request: param("request_id") })
      .where(openTransfer(param("id"), optionalParam("project_id")))
      .returning({ id: transfers.id }),
    volumeReleased: releaseVolume(closedByRequest),
    recorded: recordEvents(
      optionalParam("origin"),
      transferEvent({ type: "volume_transfer.deleted", where: closedByRequest }),
    ),
  };
}, evidence);
