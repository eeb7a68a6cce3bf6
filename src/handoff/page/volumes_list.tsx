import { useEffect, useState } from "preact/hooks";
import { formatSize } from "./format.ts";
import { useLoad } from "./hooks.ts";
import { parseLink } from "./link.ts";
import { type Column, Empty, List } from "./list.tsx";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { Heading, Message, Name, Time } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { isMissing } from "./request.ts";
import { viewAddress } from "./views.ts";
import { firstPage, type VolumesAddress, type VolumesLocation } from "./volumes_address.ts";
import {
  listVolumes,
  SORTS,
  STATUSES,
  VOLUMES_ON_PAGE,
  type VolumeDetail,
  type VolumePage,
} from "./volumes_api.ts";
import { isOfferable, OfferButton, VolumeStatus } from "./volumes_parts.tsx";
import { SelectionBar, type VolumeSelection } from "./volumes_selection.tsx";
import { statusWord } from "./words.ts";

/** The list of volumes, with what selects and orders it. */
export function VolumeList(props: {
  readonly location: VolumesLocation;
  readonly selection: VolumeSelection;
  readonly onOffer: (volumes: readonly VolumeDetail[]) => void;
}) {
  const { location, selection, onOffer } = props;
  const { address, go } = location;
  const { search, status, sort, page, after, before } = address;
  // The number of the page belongs to its data: the address changes before the next page is there.
  const { data, error, reload } = useLoad(async () => {
    const read = await readPage(address);
    if (read !== undefined) return { ...read, page };
    go(firstPage({}), true);
    return { ...(await listVolumes({ search, status, sort })), page: 1 };
  }, [search, status, sort, page, after, before]);
  useChanges(reload);
  useEffect(() => {
    if (data !== undefined) selection.update(data.items);
  }, [data]);
  const first = data?.items[0];
  const last = data?.items.at(-1);
  return (
    <>
      <Heading>{t.volumes.title}</Heading>
      <Controls location={location} />
      <p class="count muted" role="status">
        {data && describeCount(data)}
      </p>
      <List
        of={t.volumes.items}
        page={data}
        error={error}
        onRetry={reload}
        empty={search === "" && status === "" ? <NoVolumes /> : <NoMatch />}
        columns={columnsOf(location, selection)}
        action={(volume) => <OfferButton volume={volume} onOffer={() => onOffer([volume])} />}
        pager={{
          back: data === undefined || data.page === 1 ? undefined : () => go(pageBefore(data.page, first)),
          next:
            data?.hasMore && last
              ? () => go({ after: last.id, before: undefined, page: data.page + 1 })
              : undefined,
        }}
      />
      <SelectionBar
        selection={selection}
        page={data?.items.filter(isOfferable) ?? []}
        onOffer={() => onOffer(selection.volumes)}
      />
    </>
  );
}

const NoVolumes = () => (
  <Empty title={t.volumes.empty} text={t.volumes.emptyHelp}>
    <Link to={viewAddress("receive")} button>
      {t.volumes.receive}
    </Link>
  </Empty>
);

const NoMatch = () => (
  <Empty title={t.volumes.noMatch} text={t.volumes.noMatchHelp}>
    <Link to={viewAddress("volumes")} button>
      {t.volumes.showAll}
    </Link>
  </Empty>
);

const pageBefore = (page: number, first: VolumeDetail | undefined): Partial<VolumesAddress> =>
  page === 2 || first === undefined ? firstPage({}) : { before: first.id, after: undefined, page: page - 1 };

/** Returns a page; undefined if it does not exist any more: volumes were deleted or handed over. */
async function readPage(address: VolumesAddress): Promise<VolumePage | undefined> {
  try {
    const read = await listVolumes(address);
    const short = address.before === undefined ? 1 : VOLUMES_ON_PAGE;
    return address.page > 1 && read.items.length < short ? undefined : read;
  } catch (error) {
    if (address.page > 1 && isMissing(error)) return undefined;
    throw error;
  }
}

/** Says which part of the volumes the page shows. */
function describeCount({
  items,
  hasMore,
  count,
  page,
}: VolumePage & Pick<VolumesAddress, "page">): string | undefined {
  if (items.length === 0) return undefined;
  const begin = (page - 1) * VOLUMES_ON_PAGE + 1;
  const end = begin + items.length - 1;
  const isAll = page === 1 && !hasMore;
  if (count !== undefined) return isAll ? t.volumes.count(count) : t.volumes.rangeOf(begin, end, count);
  return isAll ? t.volumes.matches(items.length) : t.volumes.range(begin, end);
}

function Controls({ location: { address, go } }: { readonly location: VolumesLocation }) {
  const [text, setText] = useState(address.search);
  // The browser's buttons have changed the address.
  useEffect(() => setText(address.search), [address.search]);
  // A link has a key, which belongs neither into an address nor into a request.
  const isLink = parseLink(text) !== undefined;
  const search = isLink ? "" : text.trim();
  useEffect(() => {
    if (search === address.search) return;
    const timer = setTimeout(() => go(firstPage({ search }), true), 250);
    return () => clearTimeout(timer);
  }, [search]);
  const statuses = [...new Set([...STATUSES, ...(address.status === "" ? [] : [address.status])])];
  return (
    <>
      <search class="controls">
        <input
          type="search"
          aria-label={t.volumes.search}
          placeholder={t.volumes.searchHint}
          value={text}
          maxLength={255}
          spellcheck={false}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <select
          aria-label={t.volumes.status}
          value={address.status}
          onChange={(event) => go(firstPage({ status: event.currentTarget.value }))}
        >
          <option value="">{t.volumes.anyStatus}</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {statusWord(status)}
            </option>
          ))}
        </select>
        <select
          aria-label={t.volumes.sort}
          value={address.sort}
          onChange={(event) => {
            const sort = SORTS.find((each) => each === event.currentTarget.value);
            if (sort !== undefined) go(firstPage({ sort }));
          }}
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {t.volumes.sorts[sort]}
            </option>
          ))}
        </select>
      </search>
      {isLink && <Message kind="warning">{t.volumes.isLink}</Message>}
    </>
  );
}

/** Returns the columns of the list. The name leads to the detail, and the box beside it selects. */
const columnsOf = (
  location: VolumesLocation,
  selection: VolumeSelection,
): [Column<VolumeDetail>, ...Column<VolumeDetail>[]] => [
  {
    title: t.volumes.name,
    cell: (volume) => (
      <div class="named">
        <input
          type="checkbox"
          aria-label={t.volumes.select(volume.name || volume.id)}
          checked={selection.has(volume)}
          disabled={!isOfferable(volume)}
          onChange={() => selection.toggle(volume)}
        />
        <div>
          <Link to={location.href({ volume: volume.id })}>
            <Name name={volume.name} id={volume.id} />
          </Link>
          {volume.description && (
            <small>
              <bdi>{volume.description}</bdi>
            </small>
          )}
        </div>
      </div>
    ),
  },
  { title: t.volumes.size, cell: ({ size }) => formatSize(size) },
  { title: t.volumes.status, cell: ({ status }) => <VolumeStatus status={status} /> },
  { title: t.volumes.created, cell: ({ created_at }) => <Time value={created_at} /> },
];
