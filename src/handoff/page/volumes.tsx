import { useEffect, useState } from "preact/hooks";
import { listVolumes, type NewTransfer, type Page, type Volume } from "./api.ts";
import { useLoad } from "./hooks.ts";
import { OfferDialog } from "./offer_dialog.tsx";
import { Offered } from "./offered.tsx";
import { Heading, Name, Pager, Problem, usePages } from "./parts.tsx";

/** Volumes on a page. */
const PAGE = 10;
/** The most volumes that a search shows, and the number that it reads at once. */
const MAX_FOUND = 50;
const BATCH = 500;

/** The project's volumes, of which the reader offers one. */
export function Volumes() {
  const [search, setSearch] = useState("");
  const [offering, setOffering] = useState<Volume>();
  const [offered, setOffered] = useState<{ volume: Volume; transfer: NewTransfer }>();
  const pages = usePages();
  const sought = useDelayed(search.trim().toLowerCase());
  const { data, error, reload } = useLoad(
    () => (sought === "" ? listVolumes(PAGE, pages.marker) : searchVolumes(sought)),
    [sought, pages.marker],
  );
  if (offered !== undefined) {
    return (
      <Offered
        {...offered}
        onDone={() => {
          setOffered(undefined);
          reload();
        }}
      />
    );
  }
  return (
    <>
      <Heading>Volumes</Heading>
      <search>
        <input
          type="search"
          aria-label="Search by name or ID"
          placeholder="Search by name or ID"
          value={search}
          spellcheck={false}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </search>
      <Problem message={error} />
      {data === undefined ? (
        error === undefined && <p aria-busy="true">Loading the volumes</p>
      ) : (
        <VolumeTable volumes={data.items} sought={sought} onOffer={setOffering} />
      )}
      {data !== undefined && sought === "" && (
        <Pager label="Pages of volumes" {...pages.pager(data.items.at(-1)?.id, data.hasMore)} />
      )}
      {data?.hasMore && sought !== "" && (
        <p class="muted">There are more than {MAX_FOUND} matches. Type more of the name.</p>
      )}
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

function VolumeTable(props: {
  readonly volumes: readonly Volume[];
  readonly sought: string;
  readonly onOffer: (volume: Volume) => void;
}) {
  if (props.volumes.length === 0) {
    return (
      <p class="empty" role="status">
        {props.sought === "" ? "This project has no volumes." : "No volume matches."}
      </p>
    );
  }
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Size</th>
          <th scope="col">Type</th>
          <th scope="col">Status</th>
          <th scope="col">
            <span class="hidden">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.volumes.map((volume) => (
          <tr key={volume.id}>
            <th scope="row">
              <Name name={volume.name} id={volume.id} />
              {volume.description && (
                <small>
                  <bdi>{volume.description}</bdi>
                </small>
              )}
            </th>
            <td data-label="Size">{volume.size} GiB</td>
            <td data-label="Type">
              <bdi>{volume.volume_type}</bdi>
            </td>
            <td data-label="Status">
              <span class={`status ${volume.status}`}>{volume.status}</span>
            </td>
            <td class="action">
              {volume.status === "available" && !volume.encrypted ? (
                <button
                  type="button"
                  aria-label={`Offer ${volume.name ?? volume.id}`}
                  onClick={() => props.onOffer(volume)}
                >
                  Offer
                </button>
              ) : (
                <span class="muted">{reason(volume)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Returns why a volume cannot be offered. */
function reason({ status, encrypted }: Volume): string {
  if (status === "awaiting-transfer") return "Is offered";
  return encrypted ? "Is encrypted" : "Is not available";
}

/** Finds volumes by a part of their name or the beginning of their id. The API has no such filter. */
async function searchVolumes(sought: string): Promise<Page<Volume>> {
  const found: Volume[] = [];
  let marker: string | undefined;
  for (;;) {
    const { items, hasMore } = await listVolumes(BATCH, marker);
    found.push(
      ...items.filter(
        ({ id, name }) => id.startsWith(sought) || name?.toLowerCase().includes(sought) === true,
      ),
    );
    marker = items.at(-1)?.id;
    if (found.length > MAX_FOUND) return { items: found.slice(0, MAX_FOUND), hasMore: true };
    if (!hasMore || marker === undefined) return { items: found, hasMore: false };
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
