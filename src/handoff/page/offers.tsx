import { useState } from "preact/hooks";
import { listTransfers, type Transfer, withdraw } from "./api.ts";
import { formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import { describeOutcome, outcomeOf } from "./outcome.ts";
import { Dialog, Heading, Message, Name, Pager, Problem, Time, usePages } from "./parts.tsx";

/** Offers on a page, and how often it looks for changes, milliseconds. */
const PAGE = 10;
const POLL_MS = 5000;

/** The open offers of the project. */
export function Offers() {
  const pages = usePages();
  const [withdrawing, setWithdrawing] = useState<Transfer>();
  const [news, setNews] = useState<readonly string[]>([]);
  const [withdrawn, setWithdrawn] = useState<readonly string[]>([]);
  const [seen, setSeen] = useState<readonly Transfer[]>([]);
  const { data, error, reload } = useLoad(async () => {
    const page = await listTransfers(PAGE, pages.marker);
    const closed = seen.filter(
      ({ id }) => !page.items.some((transfer) => transfer.id === id) && !withdrawn.includes(id),
    );
    // An offer can also be on another page now.
    for (const transfer of closed) {
      const outcome = await outcomeOf(transfer);
      if (outcome.status === "open") continue;
      setNews((before) => [...before, `${transfer.name ?? transfer.id}: ${describeOutcome(outcome)}`]);
    }
    setSeen(page.items);
    return page;
  }, [pages.marker, seen, withdrawn]);
  useInterval(reload, POLL_MS);
  useClock();
  return (
    <>
      <Heading>Open offers</Heading>
      {news.map((text) => (
        <Message key={text} kind="success">
          <bdi>{text}</bdi>
        </Message>
      ))}
      <Problem message={error} />
      {data === undefined ? (
        error === undefined && <p aria-busy="true">Loading the offers</p>
      ) : data.items.length === 0 ? (
        <p class="empty">Nothing is offered. Choose a volume to offer it.</p>
      ) : (
        <OfferTable transfers={data.items} onWithdraw={setWithdrawing} />
      )}
      {data && <Pager label="Pages of offers" {...pages.pager(data.items.at(-1)?.id, data.hasMore)} />}
      {withdrawing !== undefined && (
        <WithdrawDialog
          transfer={withdrawing}
          onClose={() => setWithdrawing(undefined)}
          onWithdrawn={() => {
            setWithdrawn([...withdrawn, withdrawing.id]);
            setNews([
              ...news,
              `${withdrawing.name ?? withdrawing.id}: ${describeOutcome({ status: "deleted" })}`,
            ]);
            setWithdrawing(undefined);
          }}
        />
      )}
    </>
  );
}

function OfferTable(props: { transfers: readonly Transfer[]; onWithdraw: (transfer: Transfer) => void }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">Offer</th>
          <th scope="col">Made</th>
          <th scope="col">Ends</th>
          <th scope="col">For</th>
          <th scope="col">
            <span class="hidden">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.transfers.map((transfer) => (
          <tr key={transfer.id}>
            <th scope="row">
              <Name name={transfer.name} id={transfer.id} />
              <small>
                Volume <code>{transfer.volume_id}</code>
              </small>
            </th>
            <td data-label="Made">
              <Time value={transfer.created_at} />
            </td>
            <td data-label="Ends">
              {transfer.expires_at === undefined ? (
                "No end"
              ) : (
                <>
                  {formatTimeLeft(transfer.expires_at)}
                  <small>
                    <Time value={transfer.expires_at} />
                  </small>
                </>
              )}
            </td>
            <td data-label="For">
              {transfer.destination_project_id === null ? (
                "Anybody with the link"
              ) : (
                <code>{transfer.destination_project_id}</code>
              )}
            </td>
            <td class="action">
              <button
                type="button"
                class="secondary outline"
                aria-label={`Withdraw ${transfer.name ?? transfer.id}`}
                onClick={() => props.onWithdraw(transfer)}
              >
                Withdraw
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function WithdrawDialog(props: { transfer: Transfer; onClose: () => void; onWithdrawn: () => void }) {
  const { transfer } = props;
  const { busy, error, run } = useAction(async () => {
    await withdraw(transfer.id);
    props.onWithdrawn();
  });
  return (
    <Dialog title="Withdraw the offer?" onClose={props.onClose}>
      <Problem message={error} />
      <p>
        The link of <Name name={transfer.name} id={transfer.id} /> stops working, and the volume can be used
        again.
      </p>
      <button type="button" aria-busy={busy} aria-disabled={busy} onClick={run}>
        Withdraw
      </button>
    </Dialog>
  );
}
