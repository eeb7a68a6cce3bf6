import { useState } from "preact/hooks";
import { decline, type IncomingTransfer, listIncoming } from "./api.ts";
import { Form, textOf } from "./form.tsx";
import { formatSize, formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { type Column, List } from "./list.tsx";
import { t } from "./messages/messages.ts";
import { Dialog, Name, usePages } from "./parts.tsx";

/** Offers on a page, and how often it looks for changes, milliseconds. */
const PAGE = 10;
const POLL_MS = 5000;
/** How often the number at the tab is read, milliseconds. */
const COUNT_POLL_MS = 15_000;

/** Returns the number of offers for the project, up to a page of them; 0 while it is not known. */
export function useIncomingCount(project: { readonly id: string }): number {
  const { data, reload } = useLoad(async () => (await listIncoming(PAGE)).items.length, [project.id]);
  useInterval(reload, COUNT_POLL_MS);
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
        of={t.receive.items}
        page={data}
        error={error}
        empty={t.receive.empty}
        columns={COLUMNS}
        action={(transfer) => (
          <>
            {transfer.require_key ? (
              <small>{t.receive.needsLink}</small>
            ) : (
              <button
                type="button"
                aria-label={t.receive.lookAt(titleOf(transfer))}
                onClick={() => onOffer({ id: transfer.id, auth_key: "" })}
              >
                {t.receive.look}
              </button>
            )}
            <button
              type="button"
              class="secondary outline"
              aria-label={t.receive.declineOffer(titleOf(transfer))}
              onClick={() => setDeclining(transfer)}
            >
              {t.receive.decline}
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
    title: t.receive.volume,
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
  { title: t.receive.size, cell: ({ volume }) => formatSize(volume.size) },
  { title: t.receive.from, cell: ({ source_project_id }) => <code>{source_project_id}</code> },
  {
    title: t.receive.ends,
    cell: ({ expires_at }) => (expires_at === null ? t.receive.noEnd : formatTimeLeft(expires_at)),
  },
];

function DeclineDialog(props: { transfer: IncomingTransfer; onClose: () => void; onDeclined: () => void }) {
  const { transfer, onClose, onDeclined } = props;
  const refuse = useAction(async (fields: FormData) => {
    await decline(transfer.id, textOf(fields, "reason"));
    onDeclined();
  });
  return (
    <Dialog title={t.decline.title} onClose={onClose}>
      <p>
        {t.decline.intro(
          <strong>
            <Name name={transfer.volume.name} id={transfer.volume.id} />
          </strong>,
        )}
      </p>
      <Form action={refuse} submit={t.decline.submit} onCancel={onClose}>
        <label>
          {t.optional(t.decline.why)}
          <input name="reason" maxLength={255} autocomplete="off" dir="auto" aria-describedby="reason-help" />
        </label>
        <small id="reason-help">{t.decline.whyHelp}</small>
      </Form>
    </Dialog>
  );
}
