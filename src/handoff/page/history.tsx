import { type ClosedTransfer, listHistory } from "./api.ts";
import { useLoad } from "./hooks.ts";
import { Heading, Message, Name, Pager, Problem, Time, usePages } from "./parts.tsx";

const PAGE = 10;
const STATUS: Readonly<Record<ClosedTransfer["status"], string>> = {
  accepted: "Accepted",
  deleted: "Withdrawn",
  expired: "Ended",
};

/**
 * The closed offers that the project has made or accepted.
 *
 * @param project the reader's project
 */
export function History({ project }: { readonly project: string }) {
  const pages = usePages();
  const { data, error } = useLoad(
    async () => ({ page: await listHistory(PAGE, { marker: pages.marker }) }),
    [pages.marker],
  );
  return (
    <>
      <Heading>History</Heading>
      <Problem message={error} />
      {data === undefined && error === undefined && <p aria-busy="true">Loading the history</p>}
      {data !== undefined && data.page === undefined && (
        <Message kind="note">This service keeps no history that can be shown.</Message>
      )}
      {data?.page?.items.length === 0 && <p class="empty">No offer has been closed yet.</p>}
      {data?.page !== undefined && data.page.items.length > 0 && (
        <HistoryTable transfers={data.page.items} project={project} />
      )}
      {data?.page && (
        <Pager label="Pages of the history" {...pages.pager(data.page.items.at(-1)?.id, data.page.hasMore)} />
      )}
    </>
  );
}

function HistoryTable(props: { readonly transfers: readonly ClosedTransfer[]; readonly project: string }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Offer</th>
          <th scope="col">Direction</th>
          <th scope="col">Outcome</th>
          <th scope="col">Other project</th>
          <th scope="col">Closed</th>
        </tr>
      </thead>
      <tbody>
        {props.transfers.map((transfer) => {
          const given = transfer.source_project_id === props.project;
          const other = given ? transfer.destination_project_id : transfer.source_project_id;
          return (
            <tr key={transfer.id}>
              <th scope="row">
                <Name name={transfer.name} id={transfer.id} />
                <small>
                  Volume <code>{transfer.volume_id}</code>
                </small>
              </th>
              <td data-label="Direction">{given ? "Given" : "Received"}</td>
              <td data-label="Outcome">{STATUS[transfer.status]}</td>
              <td data-label="Other project">{other === null ? "None" : <code>{other}</code>}</td>
              <td data-label="Closed">
                <Time value={transfer.closed_at} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
