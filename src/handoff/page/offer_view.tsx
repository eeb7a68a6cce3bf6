import { Copyable } from "./copyable.tsx";
import { Details } from "./details.tsx";
import { formatSize } from "./format.ts";
import { useClock, useLoad } from "./hooks.ts";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { OfferActions } from "./offer_actions.tsx";
import { Ends, Receipt, Recipient, titleOf, VolumeLink } from "./offer_parts.tsx";
import { describeOutcome, type Outcome, outcomeOf } from "./outcome.ts";
import { Heading, Message, Name, Problem, ProjectId, Time } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { Skeleton } from "./skeleton.tsx";
import { type OfferId, type View, viewAddress } from "./views.ts";

/**
 * One offer that the project has made, or has accepted.
 *
 * @param props.project the reader's project
 * @param props.from the list that leads to it
 */
export function OfferView(props: { readonly offer: OfferId; readonly project: string; readonly from: View }) {
  const { offer, project, from } = props;
  const { data, error, reload } = useLoad(() => outcomeOf(offer), [offer.id]);
  useChanges(reload);
  useClock();
  return (
    <>
      <p class="back">
        <Link to={viewAddress(from)}>{from === "history" ? t.offer.allClosed : t.offer.allOpen}</Link>
      </p>
      <Heading>
        {data === undefined || data.status === "gone" ? t.offer.title : t.offer.of(volumeOf(data))}
      </Heading>
      <Problem message={error} onRetry={reload} />
      {data === undefined && error === undefined && <Skeleton />}
      {data !== undefined && data.status !== "open" && (
        <Message kind="note">{data.status === "gone" ? t.offer.gone : describeClosed(data, project)}</Message>
      )}
      {data !== undefined && data.status !== "gone" && (
        <article>
          <Details rows={rowsOf(data, project)} />
        </article>
      )}
      {data?.status === "open" && (
        <div class="buttons">
          <OfferActions transfer={data.transfer} onWithdrawn={reload} />
        </div>
      )}
      <Copyable label={t.offer.id} text={offer.id} />
    </>
  );
}

type Known = Exclude<Outcome, { readonly status: "gone" }>;

const volumeOf = (outcome: Known): string =>
  titleOf(
    outcome.status === "open"
      ? outcome.transfer
      : { ...outcome.transfer, volume: { name: outcome.transfer.volume_name } },
  );

const describeClosed = (outcome: Extract<Outcome, { readonly status: "closed" }>, project: string): string =>
  outcome.transfer.source_project_id === project ? describeOutcome(outcome) : t.offer.received;

function rowsOf(outcome: Known, project: string) {
  const { transfer } = outcome;
  const common = { [t.offer.name]: transfer.name && <bdi>{transfer.name}</bdi> };
  const made = {
    [t.offer.snapshots]: transfer.no_snapshots ? t.offer.without : t.offer.with,
    [t.offers.created]: <Time value={transfer.created_at} />,
  };
  if (outcome.status === "open") {
    const { transfer } = outcome;
    return {
      [t.offers.volume]: <VolumeLink id={transfer.volume_id} name={transfer.volume.name} />,
      [t.offer.size]: formatSize(transfer.volume.size),
      ...common,
      ...made,
      [t.offers.ends]: <Ends value={transfer.expires_at} />,
      [t.offers.for]: <Recipient transfer={transfer} />,
      [t.offer.firstLook]: <Receipt value={transfer.first_preview} />,
      [t.offer.lastLook]: <Receipt value={transfer.last_preview} />,
    };
  }
  const closed = outcome.transfer;
  const given = closed.source_project_id === project;
  const { destination_project_id: recipient } = closed;
  return {
    [t.offers.volume]:
      given && closed.status === "accepted" ? (
        <Name name={closed.volume_name} id={closed.volume_id} />
      ) : (
        <VolumeLink id={closed.volume_id} name={closed.volume_name} />
      ),
    ...common,
    [t.history.direction]: given ? t.history.given : t.history.received,
    [t.accept.from]: <ProjectId id={closed.source_project_id} />,
    [t.accept.to]: recipient && <ProjectId id={recipient} />,
    ...made,
    [t.history.closed]: <Time value={closed.closed_at} />,
    [t.history.outcome]: t.history.outcomes[closed.ended_as],
    [t.offer.reason]: closed.decline_reason && <bdi>{closed.decline_reason}</bdi>,
    ...(given && {
      [t.offer.firstLook]: <Receipt value={closed.first_preview} />,
      [t.offer.lastLook]: <Receipt value={closed.last_preview} />,
    }),
  };
}
