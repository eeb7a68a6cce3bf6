import { useState } from "preact/hooks";
import { decline, type IncomingTransfer, listIncoming } from "./api.ts";
import { formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { type Column, List } from "./list.tsx";
import { Dialog, Name, Problem, usePages } from "./parts.tsx";

/** Offers on a page, and how often it looks for changes, milliseconds. */
const PAGE = 10;
const POLL_MS = 5000;
/** How often the number at the tab is read, milliseconds. */
const COUNT_POLL_MS = 15_000;

/** Returns the number of offers for the project, up to a page of them; 0 while it is not known. */
export function useIncomingCount(project: { readonly id: string } | null): number {
  const { data, reload } = useLoad(
    async () => (project === null ? 0 : (await listIncoming(PAGE)).items.length),
    [project?.id],
  );
  useInterval(reload, project === null ? undefined : COUNT_POLL_MS);
  return data ?? 0;
}

/** The offers that are for the reader's project. */
export function Incoming({ onOffer }: { readonly onOffer: (offer: OfferKey) => void }) {
  const pages = usePages();
  const [declining, setDeclining] = useState<IncomingTransfer>();
  const { data, error, reload } = useLoad(
    () => pages.read((marker) => listIncoming(PAGE, marker)),
    [pages.marker],
  );
  useInterval(reload, POLL_MS);
  useClock();
  return (
    <>
      <List
        of="offers for you"
        page={data}
        error={error}
        empty="No offer is waiting for your project."
        columns={COLUMNS}
        action={(transfer) => (
          <>
            {transfer.require_key ? (
              <small>Open the link of the sender</small>
            ) : (
              <button
                type="button"
                aria-label={`Look at ${titleOf(transfer)}`}
                onClick={() => onOffer({ id: transfer.id, auth_key: "" })}
              >
                Look
              </button>
            )}
            <button
              type="button"
              class="secondary outline"
              aria-label={`Decline ${titleOf(transfer)}`}
              onClick={() => setDeclining(transfer)}
            >
              Decline
            </button>
          </>
        )}
        pager={pages.pager(data)}
      />
      {declining !== undefined && (
        <DeclineDialog
          transfer={declining}
          onClose={() => setDeclining(undefined)}
          onDeclined={() => {
            setDeclining(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}

const titleOf = ({ volume }: IncomingTransfer): string => volume.name ?? volume.id;

const COLUMNS: [Column<IncomingTransfer>, ...Column<IncomingTransfer>[]] = [
  {
    title: "Volume",
    cell: ({ volume, name }) => (
      <>
        <Name name={volume.name} id={volume.id} />
        {name !== null && name !== volume.name && (
          <small>
            <bdi>{name}</bdi>
          </small>
        )}
      </>
    ),
  },
  { title: "Size", cell: ({ volume }) => `${volume.size} GiB` },
  { title: "From project", cell: ({ source_project_id }) => <code>{source_project_id}</code> },
  { title: "Ends", cell: ({ expires_at }) => (expires_at === null ? "No end" : formatTimeLeft(expires_at)) },
];

function DeclineDialog(props: { transfer: IncomingTransfer; onClose: () => void; onDeclined: () => void }) {
  const { transfer } = props;
  const { busy, error, run } = useAction(async (form: FormData) => {
    await decline(transfer.id, String(form.get("reason") ?? "").trim());
    props.onDeclined();
  });
  return (
    <Dialog title="Decline the offer?" onClose={props.onClose}>
      <p>
        <strong>
          <Name name={transfer.volume.name} id={transfer.volume.id} />
        </strong>{" "}
        stays with its owner, who can offer it again.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(new FormData(event.currentTarget));
        }}
      >
        <Problem message={error} />
        <label>
          Why (optional)
          <input name="reason" maxLength={255} autocomplete="off" dir="auto" aria-describedby="reason-help" />
        </label>
        <small id="reason-help">The owner of the volume reads it.</small>
        <button type="submit" aria-busy={busy} aria-disabled={busy}>
          Decline
        </button>
      </form>
    </Dialog>
  );
}
