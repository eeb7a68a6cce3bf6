import { type ClosedTransfer, listHistory } from "./api.ts";
import { useLoad } from "./hooks.ts";
import { type Column, Empty, List } from "./list.tsx";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { VolumeLink } from "./offer_parts.tsx";
import { Heading, Name, ProjectId, Time, usePages } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { offerAddress, viewAddress } from "./views.ts";

const PAGE = 10;

/**
 * The closed offers that the project has made or accepted.
 *
 * @param project the reader's project
 */
export function History({ project }: { readonly project: string }) {
  const pages = usePages();
  const { data, error, reload } = useLoad(
    () => pages.read((marker) => listHistory(PAGE, { marker })),
    [pages.marker],
  );
  useChanges(reload);
  return (
    <>
      <Heading>{t.history.title}</Heading>
      <List
        of={t.history.items}
        page={data}
        error={error}
        onRetry={reload}
        empty={
          <Empty title={t.history.empty} text={t.history.emptyHelp}>
            <Link to={viewAddress("volumes")} button>
              {t.offers.choose}
            </Link>
          </Empty>
        }
        columns={columnsFor(project)}
        pager={pages.pager(data)}
      />
    </>
  );
}

function columnsFor(project: string): [Column<ClosedTransfer>, ...Column<ClosedTransfer>[]] {
  const isGiven = (transfer: ClosedTransfer) => transfer.source_project_id === project;
  return [
    {
      title: t.offers.volume,
      cell: (transfer) => {
        const { volume_id: id, volume_name: name } = transfer;
        // A volume that was given away is not the project's to look at.
        const isGone = isGiven(transfer) && transfer.status === "accepted";
        return (
          <>
            {isGone ? <Name name={name} id={id} /> : <VolumeLink id={id} name={name} />}
            <small>
              {t.offers.offer}{" "}
              <Link to={offerAddress("history", transfer)}>
                <Name name={transfer.name} id={transfer.id} />
              </Link>
            </small>
          </>
        );
      },
    },
    {
      title: t.history.direction,
      cell: (transfer) => (isGiven(transfer) ? t.history.given : t.history.received),
    },
    {
      title: t.history.outcome,
      cell: ({ ended_as, decline_reason }) => (
        <>
          {t.history.outcomes[ended_as]}
          {decline_reason !== null && (
            <small>
              <bdi>{decline_reason}</bdi>
            </small>
          )}
        </>
      ),
    },
    {
      title: t.history.otherProject,
      cell: (transfer) => {
        const other = isGiven(transfer) ? transfer.destination_project_id : transfer.source_project_id;
        return other === null ? t.none : <ProjectId id={other} />;
      },
    },
    { title: t.history.closed, cell: ({ closed_at }) => <Time value={closed_at} /> },
  ];
}
