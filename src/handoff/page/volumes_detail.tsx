import type { ComponentChildren } from "preact";
import { type ClosedTransfer, listTransfers } from "./api.ts";
import { Copyable } from "./copyable.tsx";
import { Details } from "./details.tsx";
import { formatSize } from "./format.ts";
import { useLoad } from "./hooks.ts";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { OfferActions } from "./offer_actions.tsx";
import { Ends, Receipt, Recipient } from "./offer_parts.tsx";
import { Heading, Message, Name, Problem, Time } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { isMissing } from "./request.ts";
import { Skeleton } from "./skeleton.tsx";
import { offerAddress } from "./views.ts";
import type { VolumesLocation } from "./volumes_address.ts";
import { DETAILS, listOwners, listSnapshots, showVolume, type VolumeDetail } from "./volumes_api.ts";
import { OfferButton, VolumeStatus } from "./volumes_parts.tsx";
import { typeWord } from "./words.ts";

/** A volume: what it is, its offer, its snapshots, its metadata, and through whose hands it went. */
export function VolumeView(props: {
  readonly id: string;
  /** The reader's project. */
  readonly project: string;
  readonly location: VolumesLocation;
  readonly onOffer: (volume: VolumeDetail) => void;
}) {
  const { id, project, location, onOffer } = props;
  const { data, error, reload } = useLoad(
    () =>
      showVolume(id).catch((thrown: unknown) => {
        if (isMissing(thrown)) return null;
        throw thrown;
      }),
    [id],
  );
  useChanges(reload);
  return (
    <div class="volume">
      <p class="back">
        <Link to={location.href({ volume: undefined })}>{t.volume.back}</Link>
      </p>
      <Problem message={error} onRetry={reload} />
      {data === undefined && error === undefined && <Skeleton />}
      {data === null && (
        <>
          <Heading>{t.volume.title}</Heading>
          <Message kind="warning">{t.volume.missing}</Message>
        </>
      )}
      {data && (
        <>
          <div class="title">
            <Heading>{data.name || t.volume.unnamed}</Heading>
            <OfferButton volume={data} primary onOffer={() => onOffer(data)} />
          </div>
          <Attributes volume={data} />
          {data.status === "awaiting-transfer" && <OpenOffer volume={data} onWithdrawn={reload} />}
          <Snapshots id={id} />
          <Metadata metadata={data.metadata} />
          <Owners volume={data} project={project} />
        </>
      )}
    </div>
  );
}

function Attributes({ volume }: { readonly volume: VolumeDetail }) {
  const { id, description, size, volume_type, status, created_at, encrypted } = volume;
  return (
    <>
      <article>
        <Details
          rows={{
            [t.volume.size]: formatSize(size),
            [t.volume.status]: <VolumeStatus status={status} />,
            [t.volume.type]: <bdi>{typeWord(volume_type)}</bdi>,
            [t.volume.created]: <Time value={created_at} />,
            [t.volume.description]: description && <bdi>{description}</bdi>,
            [t.volume.encrypted]: encrypted && t.volume.cannotBeOffered,
          }}
        />
      </article>
      <Copyable label={t.volume.id} text={id} />
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** The offer of a volume that is offered. */
function OpenOffer(props: { readonly volume: VolumeDetail; readonly onWithdrawn: () => void }) {
  const { volume } = props;
  const { data, error, reload } = useLoad(
    async () => (await listTransfers(1, { volume_id: volume.id })).items[0] ?? null,
    [volume],
  );
  if (data === null) return null;
  return (
    <Section title={t.volume.offer}>
      <Problem message={error} onRetry={reload} />
      {data === undefined && error === undefined && <Skeleton lines={3} />}
      {data && (
        <>
          <Details
            rows={{
              [t.offer.name]: (
                <Link to={offerAddress("offers", data)}>
                  <Name name={data.name} id={data.id} />
                </Link>
              ),
              [t.offers.ends]: <Ends value={data.expires_at} />,
              [t.offers.for]: <Recipient transfer={data} />,
              [t.offers.lookedAt]: <Receipt value={data.last_preview} />,
            }}
          />
          <div class="buttons">
            <OfferActions transfer={data} onWithdrawn={props.onWithdrawn} />
          </div>
        </>
      )}
    </Section>
  );
}

function Snapshots({ id }: { readonly id: string }) {
  const { data, error, reload } = useLoad(() => listSnapshots(id), [id]);
  return (
    <Section title={t.volume.snapshots}>
      <Problem message={error} onRetry={reload} />
      {data === undefined && error === undefined && <Skeleton lines={1} />}
      {data?.items.length === 0 && <p class="muted">{t.volume.noSnapshots}</p>}
      {data !== undefined && data.items.length > 0 && (
        <ul class="entries">
          {data.items.map(({ id, name, size, status, created_at }) => (
            <li key={id}>
              <strong>
                <Name name={name} id={id} />
              </strong>
              <span>{formatSize(size)}</span>
              <VolumeStatus status={status} />
              <small>
                <Time value={created_at} />
              </small>
            </li>
          ))}
        </ul>
      )}
      {data?.hasMore && <p class="muted">{t.volume.newest(DETAILS)}</p>}
    </Section>
  );
}

function Metadata({ metadata }: Pick<VolumeDetail, "metadata">) {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return null;
  return (
    <Section title={t.volume.metadata}>
      <p class="muted">{t.volume.metadataHelp}</p>
      <Details
        rows={Object.fromEntries(entries.map(([key, value]) => [key, <bdi key={key}>{value}</bdi>]))}
      />
    </Section>
  );
}

/** The handovers of the volume that the project took part in: of others it may not know. */
function Owners(props: { readonly volume: VolumeDetail; readonly project: string }) {
  const { volume, project } = props;
  const { data, error, reload } = useLoad(() => listOwners(volume.id), [volume]);
  return (
    <Section title={t.volume.history}>
      <Problem message={error} onRetry={reload} />
      {data === undefined && error === undefined && <Skeleton lines={1} />}
      {data && (
        <>
          <p class="muted">{t.volume.historyHelp}</p>
          <ol class="entries">
            {data.items.map((transfer) => (
              <li key={transfer.id}>
                <span>{handover(transfer, project)}</span>
                <small>
                  <Time value={transfer.closed_at} />
                </small>
              </li>
            ))}
            {!data.hasMore && (
              <li>
                <span>{t.volume.wasCreated}</span>
                <small>
                  <Time value={volume.created_at} />
                </small>
              </li>
            )}
          </ol>
          {data.hasMore && <p class="muted">{t.volume.newest(DETAILS)}</p>}
        </>
      )}
    </Section>
  );
}

function handover(transfer: ClosedTransfer, project: string): ComponentChildren {
  const { source_project_id: from, destination_project_id: to } = transfer;
  if (from !== project) return t.volume.received(<code>{from}</code>);
  return to === project || to === null ? t.volume.kept : t.volume.given(<code>{to}</code>);
}
