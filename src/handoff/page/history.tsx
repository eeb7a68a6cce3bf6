import { type ClosedTransfer, listHistory } from "./api.ts";
import { useLoad } from "./hooks.ts";
import { type Column, List } from "./list.tsx";
import { Heading, OfferName, Time, usePages } from "./parts.tsx";

const PAGE = 10;
const OUTCOMES: Readonly<Record<ClosedTransfer["ended_as"], string>> = {
  accepted: "Accepted",
  declined: "Declined",
  withdrawn: "Withdrawn",
  expired: "Ended",
  replaced: "Replaced by another offer",
};

/**
 * The closed offers that the project has made or accepted.
 *
 * @param project the reader's project
 */
export function History({ project }: { readonly project: string }) {
  const pages = usePages();
  const { data, error } = useLoad(
    () => pages.read((marker) => listHistory(PAGE, { marker })),
    [pages.marker],
  );
  return (
    <>
      <Heading>History</Heading>
      <List
        of="closed offers"
        page={data}
        error={error}
        empty="No offer has been closed yet."
        columns={columnsFor(project)}
        pager={pages.pager(data)}
      />
    </>
  );
}

function columnsFor(project: string): [Column<ClosedTransfer>, ...Column<ClosedTransfer>[]] {
  const isGiven = (transfer: ClosedTransfer) => transfer.source_project_id === project;
  return [
    { title: "Offer", cell: (transfer) => <OfferName transfer={transfer} /> },
    { title: "Direction", cell: (transfer) => (isGiven(transfer) ? "Given" : "Received") },
    {
      title: "Outcome",
      cell: ({ ended_as, decline_reason }) => (
        <>
          {OUTCOMES[ended_as]}
          {decline_reason !== null && (
            <small>
              <bdi>{decline_reason}</bdi>
            </small>
          )}
        </>
      ),
    },
    {
      title: "Other project",
      cell: (transfer) => {
        const other = isGiven(transfer) ? transfer.destination_project_id : transfer.source_project_id;
        return other === null ? "None" : <code>{other}</code>;
      },
    },
    { title: "Closed", cell: ({ closed_at }) => <Time value={closed_at} /> },
  ];
}
