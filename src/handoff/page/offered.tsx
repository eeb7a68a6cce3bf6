import { useState } from "preact/hooks";
import type { NewTransfer, Volume } from "./api.ts";
import { formatRelative, formatSize } from "./format.ts";
import { useLoad } from "./hooks.ts";
import { leave } from "./leave.ts";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { OfferActions } from "./offer_actions.tsx";
import { describeOutcome, type Outcome, outcomeOf } from "./outcome.ts";
import { Heading, Message, Name, Problem, Time } from "./parts.tsx";
import { ShareLink } from "./share.tsx";

/** The offer that was just made: the only place that shows its key, until the reader leaves it. */
export function Offered(props: {
  readonly volume: Volume;
  readonly transfer: NewTransfer;
  readonly onDone: () => void;
}) {
  const { volume } = props;
  const [transfer, setTransfer] = useState(props.transfer);
  const { data, error, reload } = useLoad(() => outcomeOf(transfer), [transfer.id]);
  const open = data === undefined || data.status === "open";
  useChanges(reload);
  return (
    <div class="narrow">
      <Heading>{open ? t.offered.title : t.offered.closed}</Heading>
      <p>
        {t.offered.summary(
          <strong>
            <Name name={volume.name} id={volume.id} />
          </strong>,
          formatSize(volume.size),
          transfer.no_snapshots ? t.offered.withoutSnapshots : t.offered.withSnapshots,
          transfer.expires_at && <Time value={transfer.expires_at} />,
        )}
      </p>
      <Problem message={error} />
      {open && (
        <article>
          {transfer.auth_key === "" ? (
            <Message kind="success">
              {t.offered.findsIt(<code>{transfer.destination_project_id}</code>)}
            </Message>
          ) : (
            <ShareLink key={transfer.auth_key} transfer={transfer} />
          )}
        </article>
      )}
      {data !== undefined && <State outcome={data} />}
      <div class="buttons">
        <button type="button" class={open ? "outline" : ""} onClick={() => leave(props.onDone)}>
          {t.offered.back}
        </button>
        {open && (
          <OfferActions transfer={{ ...transfer, volume }} onWithdrawn={reload} onRenewed={setTransfer} />
        )}
      </div>
    </div>
  );
}

/** The state of an offer until now. */
function State({ outcome }: { readonly outcome: Outcome }) {
  if (outcome.status !== "open") return <Message kind="success">{describeOutcome(outcome)}</Message>;
  const { last_preview } = outcome.transfer;
  return (
    <p class="live" role="status">
      {last_preview === null
        ? t.outcomes.open
        : t.outcomes.seen(last_preview.project_id, formatRelative(last_preview.previewed_at))}
    </p>
  );
}
