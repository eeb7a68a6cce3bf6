import { type ComponentChildren, Fragment } from "preact";
import type { ClosedTransfer } from "./api.ts";
import { Copyable } from "./copyable.tsx";
import { formatSize } from "./format.ts";
import { useLoad } from "./hooks.ts";
import { t } from "./messages/messages.ts";
import { Heading, Message, Name, Problem, Time } from "./parts.tsx";
import { isMissing } from "./request.ts";
import type { VolumesLocation } from "./volumes_address.ts";
import { DETAILS, listOwners, listSnapshots, showVolume, type VolumeDetail } from "./volumes_api.ts";
import { OfferButton, VolumeStatus } from "./volumes_parts.tsx";
import { typeWord } from "./words.ts";

/** A volume: what it is, its snapshots, its metadata, and through whose hands it went. */
export function VolumeView(props: {
  readonly id: string;
  /** The reader's project. */
  readonly project: string;
  readonly location: VolumesLocation;
  readonly onOffer: (volume: VolumeDetail) => void;
}) {
  const { id, project, location, onOffer } = props;
  const { data, error } = useLoad(
    () =>
      showVolume(id).catch((thrown: unknown) => {
        if (isMissing(thrown)) return null;
        throw thrown;
      }),
    [id],
  );
  const list = { volume: undefined };
  return (
    <div class="volume">
      <a class="back" href={location.href(list)} onClick={location.follow(list)}>
        {t.volume.back}
      </a>
      <Problem message={error} />
      {data === undefined && error === undefined && <p aria-busy="true">{t.loading}</p>}
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
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    [t.volume.size, formatSize(size)],
    [t.volume.status, <VolumeStatus key="status" status={status} />],
    [t.volume.type, <bdi key="type">{typeWord(volume_type)}</bdi>],
    [t.volume.created, <Time key="created" value={created_at} />],
    ...(description ? [[t.volume.description, <bdi key="description">{description}</bdi>] as const] : []),
    ...(encrypted ? [[t.volume.encrypted, t.volume.cannotBeOffered] as const] : []),
  ];
  return (
    <>
      <dl>
        {rows.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
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

function Snapshots({ id }: { readonly id: string }) {
  const { data, error } = useLoad(() => listSnapshots(id), [id]);
  return (
    <Section title={t.volume.snapshots}>
      <Problem message={error} />
      {data === undefined && error === undefined && <p aria-busy="true">{t.loading}</p>}
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
      <dl>
        {entries.map(([key, value]) => (
          <Fragment key={key}>
            <dt>
              <bdi>{key}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </Fragment>
        ))}
      </dl>
    </Section>
  );
}

/** The handovers of the volume that the project took part in: of others it may not know. */
function Owners(props: { readonly volume: VolumeDetail; readonly project: string }) {
  const { volume, project } = props;
  // A Cinder without this service's API has no history.
  const { data, error } = useLoad(() => listOwners(volume.id).catch(() => null), [volume.id]);
  return (
    <Section title={t.volume.history}>
      <Problem message={error} />
      {data === undefined && error === undefined && <p aria-busy="true">{t.loading}</p>}
      {data === null && <p class="muted">{t.volume.noHistory}</p>}
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
