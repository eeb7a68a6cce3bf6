import { useEffect, useState } from "preact/hooks";
import { listVolumes, type NewTransfer, type Page, showVolume, type Volume } from "./api.ts";
import { formatSize } from "./format.ts";
import { useLoad } from "./hooks.ts";
import { type Column, List } from "./list.tsx";
import { t } from "./messages/messages.ts";
import { OfferDialog } from "./offer_dialog.tsx";
import { Offered } from "./offered.tsx";
import { Heading, Name, usePages } from "./parts.tsx";
import { isMissing } from "./request.ts";
import { statusWord, typeWord } from "./words.ts";

/** Volumes on a page. */
const PAGE = 10;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The project's volumes, of which the reader offers one. */
export function Volumes() {
  const [search, setSearch] = useState("");
  const [offering, setOffering] = useState<Volume>();
  const [offered, setOffered] = useState<{ volume: Volume; transfer: NewTransfer }>();
  const sought = useDelayed(search.trim());
  if (offered !== undefined) return <Offered {...offered} onDone={() => setOffered(undefined)} />;
  return (
    <>
      <Heading>{t.volumes.title}</Heading>
      <search>
        <input
          type="search"
          aria-label={t.volumes.search}
          placeholder={t.volumes.searchHint}
          value={search}
          maxLength={255}
          spellcheck={false}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </search>
      <VolumeList sought={sought} onOffer={setOffering} />
      {offering !== undefined && (
        <OfferDialog
          volume={offering}
          onClose={() => setOffering(undefined)}
          onOffered={(transfer) => {
            setOffering(undefined);
            setOffered({ volume: offering, transfer });
          }}
        />
      )}
    </>
  );
}

function VolumeList(props: { readonly sought: string; readonly onOffer: (volume: Volume) => void }) {
  const { sought, onOffer } = props;
  const pages = usePages(sought);
  const { data, error } = useLoad(
    () => pages.read((marker) => findVolumes(sought, marker)),
    [sought, pages.marker],
  );
  return (
    <List
      of={t.volumes.items}
      page={data}
      error={error}
      empty={sought === "" ? t.volumes.empty : t.volumes.noMatch}
      columns={COLUMNS}
      action={(volume) =>
        volume.status === "available" && !volume.encrypted ? (
          <button
            type="button"
            aria-label={t.volumes.offerVolume(volume.name ?? volume.id)}
            onClick={() => onOffer(volume)}
          >
            {t.volumes.offer}
          </button>
        ) : (
          <span class="muted">{reason(volume)}</span>
        )
      }
      pager={pages.pager(data)}
    />
  );
}

const COLUMNS: [Column<Volume>, ...Column<Volume>[]] = [
  {
    title: t.volumes.name,
    cell: ({ name, id, description }) => (
      <>
        <Name name={name} id={id} />
        {description && (
          <small>
            <bdi>{description}</bdi>
          </small>
        )}
      </>
    ),
  },
  { title: t.volumes.size, cell: ({ size }) => formatSize(size) },
  { title: t.volumes.type, cell: ({ volume_type }) => <bdi>{typeWord(volume_type)}</bdi> },
  {
    title: t.volumes.status,
    cell: ({ status }) => <span class={`status ${status}`}>{statusWord(status)}</span>,
  },
];

/** Returns why a volume cannot be offered. */
function reason({ status, encrypted }: Volume): string {
  if (status === "awaiting-transfer") return t.volumes.isOffered;
  return encrypted ? t.volumes.isEncrypted : t.volumes.isNotAvailable;
}

/** Returns a page of the volumes with a text in their name, or the one with this id. */
async function findVolumes(sought: string, marker: string | undefined): Promise<Page<Volume>> {
  if (!ID.test(sought)) return listVolumes(PAGE, sought, marker);
  try {
    return { items: [await showVolume(sought.toLowerCase())], hasMore: false };
  } catch (error) {
    if (isMissing(error)) return { items: [], hasMore: false };
    throw error;
  }
}

/** Returns a text once it has not changed for a moment. */
function useDelayed(text: string): string {
  const [delayed, setDelayed] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return delayed;
}
