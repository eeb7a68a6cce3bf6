import { useState } from "preact/hooks";
import { type IncomingTransfer, listIncoming } from "./api.ts";
import { Copyable } from "./copyable.tsx";
import { DeclineDialog } from "./decline.tsx";
import { formatSize, formatTimeLeft } from "./format.ts";
import { useClock, useLoad } from "./hooks.ts";
import { type Column, Empty, List } from "./list.tsx";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { Name, ProjectId, usePages } from "./parts.tsx";
import { goTo, incomingAddress } from "./views.ts";

/** Offers on a page. */
const PAGE = 10;

/** Returns the number of offers for the project, up to a page of them; 0 while it is not known. */
export function useIncomingCount(project: { readonly id: string }): number {
  const { data, reload } = useLoad(async () => (await listIncoming(PAGE)).items.length, [project.id]);
  useChanges(reload);
  return data ?? 0;
}

/** The offers that are for the reader's project. */
export function Incoming(props: { readonly project: { readonly id: string } }) {
  const pages = usePages();
  const [declining, setDeclining] = useState<IncomingTransfer>();
  const { data, error, reload } = useLoad(
    () => pages.read((marker) => listIncoming(PAGE, marker)),
    [pages.marker],
  );
  useChanges(reload);
  useClock();
  return (
    <>
      <List
        of={t.receive.items}
        page={data}
        error={error}
        onRetry={reload}
        empty={
          <Empty title={t.receive.empty} text={t.receive.emptyHelp}>
            <Copyable label={t.receive.projectId} text={props.project.id} />
          </Empty>
        }
        columns={COLUMNS}
        action={(transfer) => (
          <>
            {transfer.require_key ? (
              <small>{t.receive.needsLink}</small>
            ) : (
              <button
                type="button"
                class="outline"
                aria-label={t.receive.lookAt(titleOf(transfer))}
                onClick={() => goTo(incomingAddress(transfer.id))}
              >
                {t.receive.look}
              </button>
            )}
            <button
              type="button"
              class="outline"
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
          offer={{ id: declining.id, auth_key: "" }}
          volume={declining.volume}
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

const titleOf = ({ volume }: IncomingTransfer): string => volume.name || volume.id;

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
  { title: t.receive.from, cell: ({ source_project_id }) => <ProjectId id={source_project_id} /> },
  {
    title: t.receive.ends,
    cell: ({ expires_at }) => (expires_at === null ? t.receive.noEnd : formatTimeLeft(expires_at)),
  },
];
